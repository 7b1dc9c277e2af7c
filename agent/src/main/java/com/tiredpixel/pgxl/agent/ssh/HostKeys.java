package com.tiredpixel.pgxl.agent.ssh;

import com.tiredpixel.pgxl.agent.base.EventLog;
import com.tiredpixel.pgxl.agent.os.BoundedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionContext;

/**
 * The server's identity: three keys, made once and kept on the volume, so that a new container on the same
 * volume is the same host to its clients.
 */
final class HostKeys implements KeyPairProvider {

    /** In the order in which they are made: the quick ones first, for start-up waits for them. */
    enum Kind {
        ED25519("ssh_host_ed25519_key", "Ed25519", NamedParameterSpec.ED25519, false),
        ECDSA("ssh_host_ecdsa_key", "EC", new ECGenParameterSpec("secp256r1"), false),
        /** Seconds on a busy machine, so it is made in the background. */
        RSA("ssh_host_rsa_key", "RSA", new RSAKeyGenParameterSpec(3072, RSAKeyGenParameterSpec.F4), true);

        private final String fileName;
        private final String algorithm;
        private final AlgorithmParameterSpec parameters;
        private final boolean slow;

        Kind(
                String fileName,
                String algorithm,
                AlgorithmParameterSpec parameters,
                boolean slow) {
            this.fileName = fileName;
            this.algorithm = algorithm;
            this.parameters = parameters;
            this.slow = slow;
        }

        KeyPair generate() throws GeneralSecurityException {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(parameters);
            return generator.generateKeyPair();
        }

        boolean matches(KeyPair pair) {
            String type = KeyUtils.getKeyType(pair);
            return switch (this) {
                case ED25519 -> KeyPairProvider.SSH_ED25519.equals(type);
                case ECDSA -> KeyPairProvider.ECDSA_SHA2_NISTP256.equals(type);
                case RSA -> KeyPairProvider.SSH_RSA.equals(type);
            };
        }
    }

    private final Path directory;
    private final List<String> offered;
    private final EventLog log;
    private final List<KeyPair> pairs = new CopyOnWriteArrayList<>();
    /** Of those that are offered, how many are being made. */
    private final AtomicInteger awaited = new AtomicInteger();

    /**
     * @param directory made with mode 0700 if it is not there
     * @param offered names of kinds in small letters; the others are made too, for whoever asks for them later
     */
    HostKeys(Path directory, List<String> offered, EventLog log) {
        this.directory = directory;
        this.offered = List.copyOf(offered);
        this.log = log;
    }

    /**
     * Reads the keys, and makes those that are not there yet. Never fails: a key that cannot be had is left
     * out, and one that cannot be stored is used until the agent ends, because the database must go on.
     *
     * @param background where slow keys are made, and those that nobody is offered are seen to
     */
    void prepare(Executor background) {
        boolean writable = makeDirectory();
        for (Kind kind : Kind.values()) {
            var file = new HostKeyFile(directory.resolve(kind.fileName));
            if (!isOffered(kind)) {
                background.execute(() -> prepare(kind, file, writable));
            } else if (kind.slow && !file.exists()) {
                awaited.incrementAndGet();
                background.execute(() -> {
                    prepare(kind, file, writable);
                    awaited.decrementAndGet();
                });
            } else {
                prepare(kind, file, writable);
            }
        }
    }

    /** @return whether there is a key by which a client can know the server, or will soon be */
    boolean canServe() {
        // In this order: whoever made one stops being awaited after it is there.
        return awaited.get() > 0 || !pairs.isEmpty();
    }

    private boolean isOffered(Kind kind) {
        return offered.contains(kind.name().toLowerCase(Locale.ROOT));
    }

    private boolean makeDirectory() {
        try {
            Files.createDirectories(
                    directory.getParent(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            if (!Files.isDirectory(directory)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                BoundedFiles.system().syncDirectory(directory.getParent());
            }
            return true;
        } catch (IOException e) {
            if (Files.isDirectory(directory)) {
                return true; // another container was quicker
            }
            log.error(
                    "ssh",
                    "cannot make the directory for host keys " + directory + ": " + e
                            + "; clients will see new host keys at every start");
            return false;
        }
    }

    private void prepare(Kind kind, HostKeyFile file, boolean writable) {
        try {
            KeyPair pair = file.exists() ? read(kind, file) : make(kind, file, writable);
            if (isOffered(kind)) {
                pairs.add(pair);
            }
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            log.error(
                    "ssh",
                    "no " + kind + " host key: " + file + " cannot be used, and it is not overwritten: "
                            + e.getMessage());
        }
    }

    private KeyPair read(Kind kind, HostKeyFile file) throws IOException, GeneralSecurityException {
        KeyPair pair = file.read();
        if (file.isOpen()) {
            close(file);
        }
        if (!kind.matches(pair)) {
            throw new GeneralSecurityException("it holds another type of key, " + KeyUtils.getKeyType(pair));
        }
        log.info("ssh", "host key " + KeyUtils.getFingerPrint(pair.getPublic()) + " from " + file);
        return pair;
    }

    /** What an operator mounts may belong to root, or be read-only: that is no reason to have no identity. */
    private void close(HostKeyFile file) {
        try {
            file.close();
            log.warn("ssh", "host key " + file + " could be read by others; its mode is 0600 now");
        } catch (IOException e) {
            log.warn("ssh", "host key " + file + " can be read by others, and that cannot be changed: " + e);
        }
    }

    private KeyPair make(Kind kind, HostKeyFile file, boolean writable)
            throws IOException, GeneralSecurityException {
        KeyPair pair = kind.generate();
        if (writable) {
            try {
                if (!file.writeOnce(pair)) {
                    return read(kind, file);
                }
                log.info("ssh", "made host key " + KeyUtils.getFingerPrint(pair.getPublic()) + " in " + file);
                return pair;
            } catch (IOException e) {
                log.error("ssh", "cannot store host key " + file + ": " + e + "; it will be another at the next start");
            }
        }
        return pair;
    }

    @Override
    public List<KeyPair> loadKeys(SessionContext session) {
        return List.copyOf(pairs);
    }

    /** @return names of key types, in the order of {@link Kind} */
    @Override
    public Iterable<String> getKeyTypes(SessionContext session) {
        var types = new ArrayList<String>();
        for (KeyPair pair : pairs) {
            types.add(KeyUtils.getKeyType(pair));
        }
        return types;
    }
}
