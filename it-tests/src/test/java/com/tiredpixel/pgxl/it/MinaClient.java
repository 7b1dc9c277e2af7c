package com.tiredpixel.pgxl.it;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;

/** A client that knows key exchanges which the OpenSSH of this machine may not know; for a JVM of its own. */
final class MinaClient {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private MinaClient() {
    }

    /** @return the command line, for the outside of the network, of one login and one command */
    static List<String> commandLine(Stage stage, Sandbox sandbox, String exchange) {
        return stage.wire().outside(new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), MinaClient.class.getName(),
                sandbox.address(), sandbox.sshPort(), stage.key().toString(), exchange)));
    }

    /** Arguments: address, port, private key, key exchange. Says what was agreed on and what the command said. */
    public static void main(String[] arguments) throws Exception {
        var exchange = BuiltinDHFactories.fromFactoryName(arguments[3]);
        try (SshClient client = SshClient.setUpDefaultClient()) {
            client.setKeyExchangeFactories(List.of(ClientBuilder.DH2KEX.apply(exchange)));
            client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
            client.setKeyIdentityProvider(new FileKeyPairProvider(Path.of(arguments[2])));
            client.start();
            var address = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
            try (ClientSession session = client.connect("postgres", address).verify(PATIENCE).getSession()) {
                session.auth().verify(PATIENCE);
                System.out.println(session.getNegotiatedKexParameter(KexProposalOption.ALGORITHMS));
                System.out.println(session.executeRemoteCommand("echo in").strip());
            }
        }
    }
}
