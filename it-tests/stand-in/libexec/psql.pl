# STAND-IN for psql, where the server came without it: -h -p -U -d -c, answers as -At would print them.
# usage: psql.pl [-h HOST] [-p PORT] [-U USER] [-d DATABASE] [-v …] [-XAtq] -c STATEMENT…
use strict;
use warnings;
use Socket;

my %option = (h => $ENV{PGHOST} // '/tmp', p => $ENV{PGPORT} // 5432, U => $ENV{USER} // 'postgres', d => 'postgres');
my @statements;
while (@ARGV) {
    my $switch = shift @ARGV;
    if    ($switch eq '-c') { push @statements, shift @ARGV }
    elsif ($switch =~ /\A-([hpUd])\z/) { $option{$1} = shift @ARGV }
    elsif ($switch eq '-v') { shift @ARGV }
    elsif ($switch !~ /\A-[XAtq]+\z/) { die "psql (stand-in): what is \"$switch\"?\n" }
}

my $connection;
if ($option{h} =~ m{\A/}) {
    socket $connection, PF_UNIX, SOCK_STREAM, 0 or die "no socket: $!\n";
    connect $connection, pack_sockaddr_un("$option{h}/.s.PGSQL.$option{p}") or failed("$!");
} else {
    socket $connection, PF_INET, SOCK_STREAM, 0 or die "no socket: $!\n";
    connect $connection, pack_sockaddr_in($option{p}, inet_aton($option{h}) // failed('unknown host'))
        or failed("$!");
}
sub failed {
    print STDERR "psql (stand-in): could not connect to $option{h}, port $option{p}: $_[0]\n";
    exit 2;
}
sub take {
    my ($wanted, $bytes) = ($_[0], '');
    while (length $bytes < $wanted) {
        sysread $connection, $bytes, $wanted - length $bytes, length $bytes or failed('connection closed');
    }
    return $bytes;
}
sub message {
    my ($type, $length) = unpack 'a N', take(5);
    return ($type, take($length - 4));
}

# Frontend/backend protocol 3.0: start-up, then a simple query for each statement. No authentication but trust.
my $startup = pack('N Z* Z* Z* Z* x', 196608, 'user', $option{U}, 'database', $option{d});
syswrite $connection, pack('N', 4 + length $startup) . $startup;
my $code = ready();
for my $statement (@statements) {
    last if $code;
    syswrite $connection, 'Q' . pack('N Z*', 5 + length $statement, $statement);
    $code = ready();
}
exit $code;

sub ready {
    my $failed = 0;
    while (1) {
        my ($type, $body) = message();
        if ($type eq 'Z') { return $failed }
        if ($type eq 'R' && unpack('N', $body) != 0) { failed('wants a password') }
        if ($type eq 'D') { print join('|', columns($body)), "\n" }
        if ($type eq 'E') {
            my %field = map { /\A(.)(.*)\z/s ? ($1, $2) : () } split /\0/, $body;
            print STDERR "$field{S}:  $field{M}\n";
            exit 2 if $field{S} eq 'FATAL';
            $failed = 1;
        }
    }
}
sub columns {
    my ($count, $rest) = unpack 'n a*', $_[0];
    my @columns;
    for (1 .. $count) {
        (my $length, $rest) = unpack 'N a*', $rest;
        if ($length == 0xFFFFFFFF) { push @columns, ''; next }
        push @columns, substr $rest, 0, $length, '';
    }
    return @columns;
}
