package com.tiredpixel.pgxl.agent.ssh.openssl;

import java.io.IOException;
import java.math.BigInteger;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.io.der.DERParser;
import org.apache.sshd.common.util.io.der.DERWriter;

/** How SSH writes a signature, against how libcrypto does. */
enum SignatureForm {
    /** Both write the same bytes. */
    PLAIN {
        @Override
        byte[] toSsh(byte[] signature) {
            return signature;
        }

        @Override
        byte[] fromSsh(byte[] signature) {
            return signature;
        }
    },

    /** ECDSA: DER, a sequence of two integers, against two numbers in a row, RFC 5656, section 3.1.2. */
    TWO_NUMBERS {
        @Override
        byte[] toSsh(byte[] signature) throws IOException {
            try (DERParser parser = new DERParser(signature)) {
                parser.read();
                parser.readLength();
                Buffer numbers = new ByteArrayBuffer();
                numbers.putMPInt(parser.readBigInteger());
                numbers.putMPInt(parser.readBigInteger());
                return numbers.getCompactData();
            }
        }

        @Override
        byte[] fromSsh(byte[] signature) throws IOException {
            Buffer numbers = new ByteArrayBuffer(signature);
            byte[] r = der(numbers.getMPInt());
            byte[] s = der(numbers.getMPInt());
            if (numbers.available() > 0) {
                throw new IOException("a signature has " + numbers.available() + " bytes too many");
            }
            try (DERWriter sequence = new DERWriter()) {
                sequence.write(SEQUENCE);
                sequence.writeLength(r.length + s.length);
                sequence.write(r);
                sequence.write(s);
                return sequence.toByteArray();
            }
        }
    };

    private static final int SEQUENCE = 0x30;

    abstract byte[] toSsh(byte[] signature) throws IOException;

    abstract byte[] fromSsh(byte[] signature) throws IOException;

    private static byte[] der(BigInteger number) throws IOException {
        try (DERWriter writer = new DERWriter()) {
            writer.writeBigInteger(number);
            return writer.toByteArray();
        }
    }
}
