"""What stands in the way of a goal that is missed: said here, and told where a row misses its goal."""

ORPHANS = "each is two calls from Java, by code that is cold at first; and a look at the children every half second"

# The beginning of what a row measures, and the sentence; the first that fits counts.
OBSTACLES = (
    ("PSS", "a JVM: libjvm.so is 9 to 19 MB resident, written pages of the class-data archives 9 MB, and machine code "
            "grows with the work"),
    ("RSS", "the same as for PSS"),
    ("launch → SSH banner", "a JVM and some 1,700 classes, a third of them the SSH library's, before the first byte"),
    ("launch → first command", "the same, and the first key exchange by code that no compiler has seen yet"),
    ("`ssh NODE true`, 8", "the client programs: eight of them take most of both cores, on both sides alike"),
    ("`ssh NODE true`", "the client program's own start and key exchange are most of the time, on both sides alike"),
    ("SFTP", "each file is four requests, each an answer awaited: latency, not rate"),
    ("idle", "a look for servers every two seconds, and one at the log files of the node"),
    ("10,000 orphans", ORPHANS),
    ("2,000 orphans", ORPHANS),
    ("size of", "the Java run time: libjvm.so and the modules are two thirds of it"),
)
BULK = "each packet passes two threads and is copied between Java's heap and native memory; the client takes one of two cores"
NOT_KNOWN = "not known yet"


def obstacle(what):
    if " MiB " in what:
        return BULK
    return next((sentence for beginning, sentence in OBSTACLES if what.startswith(beginning)), NOT_KNOWN)
