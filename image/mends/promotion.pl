use strict;
use warnings;
use Mend;

my $main = 'src/gtm/main/main.c';
my $sequences = 'src/gtm/main/gtm_seq.c';

put_file('promotion.h', 'src/include/gtm/promotion.h');
insert_before($sequences, 'static void GTM_SaveSeqInfo2(', "#include \"gtm/promotion.h\"\n\n");
insert_before($main, 'static void PromoteToActive(void);', "extern void SkipWhatMayHaveBeenToldAlready(void);\n");
# Before anybody is served.
insert_before($main, 'Recovery_StandbySetStandby(false);', "SkipWhatMayHaveBeenToldAlready();\n\t",
    within => 'PromoteToActive');
1;
