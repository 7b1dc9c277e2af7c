use strict;
use warnings;
use Mend;

# gtm and gtm_proxy know no --version; PG_VERSION ends with the mends, by --with-extra-version.
for my $program (['gtm', 'src/gtm/main/main.c'], ['gtm_proxy', 'src/gtm/proxy/proxy_main.c']) {
    my ($name, $file) = @$program;
    insert_before($file, 'if (strcmp(argv[1], "--help") == 0 ',
        "if (strcmp(argv[1], \"--version\") == 0 || strcmp(argv[1], \"-V\") == 0)\n"
            . "\t\t{\n\t\t\tputs(\"$name (PostgreSQL) \" PG_VERSION);\n\t\t\texit(0);\n\t\t}\n\t\t");
}
1;
