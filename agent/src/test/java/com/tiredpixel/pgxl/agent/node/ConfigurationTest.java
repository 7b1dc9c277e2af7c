package com.tiredpixel.pgxl.agent.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

    @Test
    void theLastLineOfGtmsConfigurationWins() {
        assertEquals(
                new GtmConfiguration(OptionalInt.of(5432), Optional.of("gtm_m_1"), Optional.of("*"), false),
                GtmConfiguration.parse(Samples.text("gtm-master", "gtm.conf.settings")));
        assertEquals(
                new GtmConfiguration(OptionalInt.of(5432), Optional.of("gtm_s_1"), Optional.of("*"), true),
                GtmConfiguration.parse(Samples.text("gtm-slave", "gtm.conf.settings")));
        assertEquals(OptionalInt.of(6666), GtmConfiguration.parse("").port());
    }

    @Test
    void aCoordinatorsConfigurationNamesItsNodeAndItsRole() {
        PostgresConfiguration configuration =
                PostgresConfiguration.parse(Samples.text("coordinator", "postgresql.conf.tail"), "");

        assertEquals(OptionalInt.of(5432), configuration.port());
        assertEquals(Optional.of("coord_m_1"), configuration.nodeName());
        assertTrue(configuration.loggingCollector());
        assertEquals(Optional.of("pg_log"), configuration.logDirectory());
        assertEquals(Set.of(Role.COORDINATOR), configuration.commentedRoles());
    }

    @Test
    void alterSystemBeatsTheFile() {
        PostgresConfiguration configuration = PostgresConfiguration.parse(
                "port = 1\nlogging_collector = on\n", "# Do not edit\nport = '5433'\nlogging_collector = 'off'\n");

        assertEquals(OptionalInt.of(5433), configuration.port());
        assertFalse(configuration.loggingCollector());
    }

    @Test
    void aCommentCountsOnlyAsPgxcCtlWritesIt() {
        assertEquals(Set.of(), PostgresConfiguration.parse(
                "x = '# Added to all the coordinator postgresql.conf'\n## Added to all the datanode postgresql.conf\n",
                "").commentedRoles());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "log_directory = 'a'|a", "LOG_Directory='a'|a", "log_directory 'a'|a", "log_directory a|a",
        "log_directory = 'it''s'|it's", "log_directory = 'a#b' # c|a#b", "log_directory=a#b|a",
        "log_directory = 'a\\tb'|\"a\tb\"", "log_directory = 'a\\101b'|aAb", "log_directory = 'a\\'b'|a'b",
        "log_directory = /a|", "log_directory = 'a|", "log_directory = a b|", "log_directory = |", "log_directory|",
        "#log_directory = 'a'|", "log_directory = = 'a'|", "= 'a'|", "\"  log_directory\t=\t'a'  \"|a",
        "log_directory = 'a\\|", "log_directory = ''''|'"
    })
    void aLineIsReadAsTheServerReadsIt(String line, String value) {
        assertEquals(
                Optional.ofNullable(value),
                PostgresConfiguration.parse(line + "\n", "").logDirectory().filter(text -> !text.startsWith("/")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "-1", "99999999999", "x", "5432x", "''"})
    void aPortThatIsNoneIsUnknownAndNotTheDefault(String port) {
        assertEquals(OptionalInt.empty(), PostgresConfiguration.parse("port = " + port + "\n", "").port());
        assertEquals(OptionalInt.empty(), GtmConfiguration.parse("port = " + port + "\n").port());
    }

    @ParameterizedTest
    @CsvSource({"on, true", "ON, true", "tr, true", "yes, true", "1, true", "off, false", "o, false", "0, false"})
    void booleansAreWrittenInManyWays(String word, boolean on) {
        assertEquals(on, PostgresConfiguration.parse("logging_collector = " + word, "").loggingCollector());
    }

    @Test
    void aStringOfAMegabyteTakesNoStack() {
        String text = "log_directory = '" + "''\\x".repeat(15_000) + "'\nport = '" + "''".repeat(500_000)
                + "'\nport=7\n";

        assertEquals(OptionalInt.of(7), PostgresConfiguration.parse(text, "").port());
    }
}
