package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/** With OpenSSH's programs for file transfer on the node, there is no difference at all. */
class SshFileTransferParityTest extends FileTransferParity {

    @Override
    AgentProcess open(Stage set) throws Exception {
        assumeTrue(
                SshSettings.installedSftpServer().isPresent(),
                "sftp-server is not installed");
        return AgentProcess.open(set);
    }

    @Test
    void bitsAboveTheNinePermissionsAreSet() {
        same(batch("put tree/nothing a\nchmod 4755 a\nls -1"));
    }

    @Test
    void scpByItsOwnProtocolExpandsPatterns() {
        same(patterns("-O"));
    }

    @Test
    void theKindOfAFailureIsNamed() {
        same(batch("rmdir none"));
    }

    @Test
    void aLongListingShowsTheSame() {
        same("$SCP -rp tree $HOST:long.$AT; printf 'ls -l long.%s\\nls -ln long.%s/deep\\nls -la long.%s' $AT $AT $AT >batch; "
                + "$SFTP -b batch $HOST | sed 's/^\\(d.*\\) [A-Z][a-z][a-z] .* /\\1 /'; $SSH \"rm -rf long.$AT\"");
    }

    @Test
    void spaceOnTheVolumeIsKnown() {
        same("echo df >batch; $SFTP -b batch $HOST 2>&1 | awk '{print NF}'");
    }
}
