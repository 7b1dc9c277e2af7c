package com.tiredpixel.pgxl.agent.node;

import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files by which a kind of node is known. A handful of names looked up, and never a listing: whoever
 * asks may stand before a directory of a million files.
 *
 * @param gtm {@code gtm.conf} or {@code gtm.control}
 * @param proxy {@code gtm_proxy.conf}
 * @param postgres {@code global/pg_control}, or {@code PG_VERSION} beside one of its usual neighbours: tablespaces
 *     and databases have a {@code PG_VERSION} too
 */
record SignatureFiles(Optional<String> gtm, Optional<String> proxy, Optional<String> postgres) {

    static SignatureFiles of(Path directory) {
        return new SignatureFiles(
                first(directory, "gtm.conf", "gtm.control"),
                first(directory, "gtm_proxy.conf"),
                first(directory, "global/pg_control").or(() -> first(directory, "PG_VERSION")
                        .filter(found -> first(directory, "postgresql.conf", "global").isPresent())));
    }

    boolean isCandidate() {
        return !found().isEmpty();
    }

    /** @return what was found, at most one file a kind */
    List<Evidence> found() {
        List<Evidence> found = new ArrayList<>();
        gtm.ifPresent(file -> found.add(mark(file, Optional.of(Role.GTM))));
        proxy.ifPresent(file -> found.add(mark(file, Optional.of(Role.GTM_PROXY))));
        postgres.ifPresent(file -> found.add(mark(file, Optional.empty())));
        return found;
    }

    /** @return whether the files of this role are there */
    boolean fit(Role role) {
        return switch (role) {
            case GTM -> gtm.isPresent();
            case GTM_PROXY -> proxy.isPresent();
            case COORDINATOR, DATANODE -> postgres.isPresent();
        };
    }

    private static Evidence mark(String file, Optional<Role> role) {
        return new Evidence(Evidence.Weight.MARK, file, "is there", role);
    }

    private static Optional<String> first(Path directory, String... names) {
        for (String name : names) {
            if (BoundedFiles.system().isThere(directory.resolve(name))) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }
}
