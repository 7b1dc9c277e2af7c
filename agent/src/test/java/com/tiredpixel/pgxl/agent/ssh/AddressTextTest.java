package com.tiredpixel.pgxl.agent.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {

    /** As inet_ntop(3) of glibc writes them. */
    @ParameterizedTest
    @CsvSource({
        "10.0.0.7, 10.0.0.7", "::, ::", "::1, ::1", "1::, 1::", "fd00:1:0:0:0:0:0:5, fd00:1::5",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1", "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "fe80::1%0, fe80::1", "FD00::ABCD, fd00::abcd",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::", "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8"
    })
    void theLongestRunOfZerosIsLeftOut(String literal, String text) throws UnknownHostException {
        assertEquals(text, AddressText.of(InetAddress.getByName(literal)));
    }
}
