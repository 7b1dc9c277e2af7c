package Mend;

# Edits of a source tree that find their place by short fragments. A fragment has to be there exactly once in the
# part of the file that is looked at; else nothing at all is written, and the error names the file and the fragment.
# Spaces, tabs and line breaks in a fragment stand for any of them.
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(has put_file replace replace_each insert_before insert_after drop_function);

my ($tree, $here, $mend, %text, %before);

# Begins with a source tree; own files to be put into it lie in the second directory.
sub begin { ($tree, $here) = @_; %text = %before = () }

# Runs the edits of one mend, a Perl file beside its page.
sub run {
    ($mend, my $file) = @_;
    local ($@, $!);
    my $result = do $file;
    die $@ if $@;
    die "$file: $!\n" unless defined $result;
}

# Writes what all mends together have changed, and tells the names of the files.
sub finish {
    my @changed = grep { $text{$_} ne $before{$_} } sort keys %text;
    for my $name (@changed) {
        open my $out, '>:raw', "$tree/$name" or die "$name cannot be written: $!\n";
        print {$out} $text{$name} or die "$name cannot be written: $!\n";
        close $out or die "$name cannot be written: $!\n";
    }
    return @changed;
}

# Whether a fragment is anywhere in a file; versions differ.
sub has {
    my ($name, $fragment) = @_;
    return -e "$tree/$name" && content($name) =~ pattern($fragment);
}

# Puts a file of ours into the tree, where none may be.
sub put_file {
    my ($own, $name) = @_;
    die "mend $mend: $name is in the source tree already\n" if -e "$tree/$name" || exists $text{$name};
    ($text{$name}, $before{$name}) = (read_whole("$here/$own"), '');
}

# Replaces a fragment; within => NAME looks only at the definition of that function.
sub replace { my ($name, $fragment, $by, %where) = @_; change($name, $fragment, sub { $by }, 1, %where) }

# Replaces a fragment at each of its places, one or more.
sub replace_each { my ($name, $fragment, $by, %where) = @_; change($name, $fragment, sub { $by }, 0, %where) }

sub insert_before { my ($name, $fragment, $more, %where) = @_; change($name, $fragment, sub { "$more$_[0]" }, 1, %where) }

sub insert_after { my ($name, $fragment, $more, %where) = @_; change($name, $fragment, sub { "$_[0]$more" }, 1, %where) }

# Takes the definition of a function out, for one in a file of ours.
sub drop_function {
    my ($name, $function) = @_;
    my ($from, $length) = definition($name, $function);
    my $type = substr($text{$name}, 0, $from) =~ /^(\w[\w \t*]*\n)\z/m ? length $1 : 0;
    substr($text{$name}, $from - $type, $length + $type) = "/* $function: see the mend \"$mend\" */\n";
}

sub change {
    my ($name, $fragment, $edit, $once, %where) = @_;
    my $content = content($name);
    my ($from, $length) = $where{within} ? definition($name, $where{within}) : (0, length $content);
    my $part = substr $content, $from, $length;
    my $pattern = pattern($fragment);
    my $count = () = $part =~ /$pattern/g;
    my $place = $where{within} ? "$where{within} of $name" : $name;
    die "mend $mend: \"$fragment\" is $count times in $place, not "
        . ($once ? 'once' : 'at least once') . "\n" if $once ? $count != 1 : $count == 0;
    $part =~ s/($pattern)/$edit->($1)/ge;
    substr($text{$name}, $from, $length) = $part;
}

# Where the definition of a function begins, its name at the start of a line or after the type, and how long it is:
# up to the first line that is a closing brace.
sub definition {
    my ($name, $function) = @_;
    my $content = content($name);
    my @found;
    while ($content =~ /^(?:\w[\w \t*]*[ \t*])?\Q$function\E\([^;{}]*\)\s*\{.*?^\}[ \t]*\n/gms) {
        push @found, [$-[0], $+[0] - $-[0]];
    }
    die "mend $mend: function $function is defined " . @found . " times in $name, not once\n" if @found != 1;
    return @{ $found[0] };
}

sub content {
    my ($name) = @_;
    $text{$name} = $before{$name} = read_whole("$tree/$name") unless exists $text{$name};
    return $text{$name};
}

sub read_whole {
    my ($path) = @_;
    open my $in, '<:raw', $path or die "mend $mend: $path: $!\n";
    local $/;
    return scalar <$in>;
}

sub pattern {
    my ($fragment) = @_;
    my $pattern = join '\s+', map { quotemeta } split /\s+/, $fragment;
    return qr/$pattern/;
}

1;
