# STAND-IN for Postgres-XL's GTM and GTM proxy: no transaction ids, but the files, the exit codes and the
# signals of the real ones, as measured on 10r1.1.
# usage: gtm.pl -D DIR [-l LOG] [-n NODENAME] [-p PORT]   (which of the two it is says the name of its interpreter)
use strict;
use warnings;
use Fcntl;
use IO::Handle;
use Socket;

my ($program) = readlink('/proc/self/exe') =~ /([^\/]+)\z/;
my $proxy = $program eq 'gtm_proxy';

sub fatal {
    print STDERR "-FATAL:  $_[0]\n";
    exit 1;
}

my ($directory, $log, %given);
my @rest = @ARGV;
while (@rest) {
    my $switch = shift @rest;
    fatal("what is \"$switch\"?") unless $switch =~ /\A-[Dlnphstxi]\z/;
    my $value = shift @rest // fatal("$switch needs a value");
    if    ($switch eq '-D') { $directory = $value }
    elsif ($switch eq '-l') { $log = $value }
    elsif ($switch eq '-n') { $given{nodename} = $value }
    elsif ($switch eq '-p') { $given{port} = $value }
    elsif ($switch eq '-s') { $given{gtm_host} = $value }
    elsif ($switch eq '-t') { $given{gtm_port} = $value }
}
fatal("no data directory; say -D DIR") unless defined $directory;
chdir $directory or fatal("could not change directory to \"$directory\": $!");

# The settings: a later line wins; a name that is not known is fatal.
my %known = map { $_ => 1 } qw(nodename port listen_addresses startup active_host active_port gtm_host
    gtm_port keepalives_idle keepalives_interval keepalives_count log_file log_min_messages error_reporter
    status_reader worker_threads gtm_connect_retry_interval synchronous_backup gtm_connect_retry_count
    gtm_connect_retry_idle enable_debug data_dir config_file);
my %setting = (port => 6666, startup => 'ACT', gtm_host => 'localhost', gtm_port => 6668);
open my $config, '<', "$program.conf"
    or fatal("$program cannot access the server configuration file \"$directory/$program.conf\": $!");
while (<$config>) {
    s/#.*//;
    next unless /\S/;
    my ($name, $value) = /\A\s*(\w+)\s*=?\s*'?(.*?)'?\s*\z/ or fatal("syntax error in line $. of $program.conf");
    fatal("unrecognized configuration parameter \"$name\"") unless $known{$name};
    $setting{$name} = $value;
}
close $config;
%setting = (%setting, %given);
$setting{port} =~ /\A\d+\z/ or fatal("parameter \"port\" requires an integer value");

# kill(pid, 0) answers for threads too, as it does for the real ones.
my $pid_file = "$program.pid";
for my $attempt (1 .. 3) {
    last if sysopen my $out, $pid_file, O_RDWR | O_CREAT | O_EXCL, 0600;
    open my $in, '<', $pid_file or next;
    my $other = <$in> // '';
    fatal("bogus data in lock file \"$pid_file\"") unless $other =~ /\A\s*(\d+)/ && $1 > 0;
    $other = $1;
    fatal("lock file \"$pid_file\" already exists\n-HINT:  Is another GTM (PID $other) running?")
        if $other != $$ && $other != getppid && kill(0, $other);
    fatal("could not take lock file \"$pid_file\"") if $attempt == 3;
    unlink $pid_file;
}
sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', $name or fatal("could not write \"$name\": $!");
    chmod 0600, $name;
    print $out $text;
    close $out or fatal("could not write \"$name\": $!");
}
my $active = !$proxy && $setting{startup} ne 'STANDBY' ? 1 : 0;
write_file($pid_file, "$$\n$directory\n" . ($proxy ? '' : "$active\n"));

# From here on a failure leaves the pid file behind, as it does with the real ones.
if ($proxy) {
    socket(my $upstream, PF_INET, SOCK_STREAM, 0) or fatal("no socket: $!");
    my $address = inet_aton($setting{gtm_host}) or fatal("can not connect to GTM");
    connect($upstream, pack_sockaddr_in($setting{gtm_port}, $address)) or fatal("can not connect to GTM");
}
socket(my $server, PF_INET, SOCK_STREAM, 0) or fatal("no socket: $!");
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
bind($server, pack_sockaddr_in($setting{port}, INADDR_ANY)) or fatal("could not bind port $setting{port}: $!");
listen($server, 128) or fatal("could not listen: $!");
write_file("$program.opts", join('', map { " \"$_\"" } '-D', $directory) . "\n");

$log //= $setting{log_file} // "$program.log";
open STDERR, '>>', $log or fatal("could not open log file \"$log\": $!");
STDERR->autoflush(1);
sub note { print STDERR "$$:" . gmtime() . " UTC -LOG:  $_[0]\n" }

my $next_xid = 10000;
if (!$proxy && open my $control, '<', 'gtm.control') {
    while (<$control>) { $next_xid = $1 if /\Anext_xid: (\d+)/ }
}
sub save_control {
    write_file('gtm.control', "version: 20181008\nnext_xid: $next_xid\nglobal_xmin: $next_xid\nsnapid: 1\n")
        unless $proxy;
}
$next_xid += 2000;
save_control();

# SIGHUP stops it as well. The pid file goes first, gtm.control is saved after that.
my $stop;
$SIG{$_} = sub { $stop //= $_[0] } for qw(TERM INT QUIT HUP);
$SIG{USR1} = sub { note($proxy ? 'reconnecting to GTM' : 'promoted to GTM-Active') };
$SIG{PIPE} = 'IGNORE';
note("Started to run as " . ($proxy ? 'GTM proxy' : $active ? 'GTM-Active' : 'GTM-Standby')
    . " at port $setting{port} (stand-in for Postgres-XL)");

my (%clients, %greeted);
until ($stop) {
    my $readable = '';
    vec($readable, fileno $_, 1) = 1 for $server, values %clients;
    next if select($readable, undef, undef, 1) <= 0;
    if (vec $readable, fileno $server, 1) {
        if (accept my $client, $server) { $clients{fileno $client} = $client }
    }
    for my $client (values %clients) {
        next unless vec $readable, fileno $client, 1;
        # The startup message (81 bytes) is answered; whoever leaves without one is complained about.
        my $begun = ($greeted{$client} //= '') ne '';
        my $count = sysread $client, my $received, 8192;
        if (!$count) {
            print STDERR "$$:" . gmtime() . " UTC -FATAL:  Expecting a startup message, but received \\377\n"
                unless $begun;
            delete $greeted{$client};
            delete $clients{fileno $client};
        } elsif (!$begun) {
            $greeted{$client} = 1;
            syswrite $client, $received =~ /\AA\0\0\0\x50/ ? pack('aNN', 'R', 8, $proxy ? 0 : 1) : pack('aN', 'E', 4);
        }
    }
}
note("GTM shutting down. Received signal $stop");
# gtm_ctl restart starts the next one as soon as the pid file is gone, and that one needs the port.
close $server;
unlink $pid_file;
select undef, undef, undef, 0.05;
save_control();
exit 1;
