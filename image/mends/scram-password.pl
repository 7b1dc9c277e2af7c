use strict;
use warnings;
use Mend;

# 9.5 has no SCRAM.
my $scram = 'src/interfaces/libpq/fe-auth-scram.c';
replace($scram, 'state->password = prep_password;', 'state->password = strdup(prep_password);')
    if has($scram, 'pg_saslprep');
1;
