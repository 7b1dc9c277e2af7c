package com.tiredpixel.pgxl.agent.os;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A {@link Descriptor} as Java's streams, unbuffered: each call is a system call. */
final class DescriptorStreams {
    private DescriptorStreams() {
    }

    static InputStream reading(Descriptor descriptor) {
        return new Input(descriptor);
    }

    static ReadyOutput writing(Descriptor descriptor) {
        return new Output(descriptor);
    }

    /** @return a stream that refuses every byte */
    static ReadyOutput refusing() {
        return new ReadyOutput() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("standard input of this process is not a pipe");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                write(0);
            }

            @Override
            public int writeReady(byte[] bytes, int offset, int length) throws IOException {
                write(0);
                return 0;
            }
        };
    }

    private static final class Input extends InputStream {
        private final Descriptor descriptor;
        private volatile boolean ended;

        Input(Descriptor descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (ended) {
                return -1;
            }
            int count = descriptor.read(bytes, offset, length);
            if (count < 0) {
                ended = true;
                descriptor.close();
            }
            return count;
        }

        @Override
        public int available() throws IOException {
            return ended ? 0 : descriptor.available();
        }

        @Override
        public void close() {
            descriptor.close();
        }
    }

    private static final class Output extends ReadyOutput {
        private final Descriptor descriptor;

        Output(Descriptor descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            descriptor.write(bytes, offset, length);
        }

        @Override
        public int writeReady(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            return descriptor.writeReady(bytes, offset, length);
        }

        @Override
        public void close() {
            descriptor.close();
        }
    }
}
