# STAND-IN for pg_controldata, where the server came without it: the line about the state, nothing else.
# usage: pg_controldata.pl DIR
use strict;
use warnings;

my @states = ('starting up', 'shut down', 'shut down in recovery', 'shutting down', 'in crash recovery',
    'in archive recovery', 'in production');
my $file = ($ARGV[-1] // $ENV{PGDATA}) . '/global/pg_control';
open my $in, '<:raw', $file or die "could not open file \"$file\": $!\n";
read $in, my $head, 20;
# system identifier (8 bytes), version of the file (4), version of the catalogue (4), state (4)
printf "Database cluster state:               %s\n", $states[unpack 'x16 l', $head] // 'unrecognized status code';
