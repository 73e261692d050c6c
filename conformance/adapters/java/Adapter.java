// An adapter for Java 17, one file, no library: emissions, by exact BigDecimal arithmetic.
// Run it as: cets run --operation emissions --adapter "java Adapter.java"
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Adapter {
    static final String STARTED = "{\"protocol\":1,\"implementation\":{\"name\":\"example\","
        + "\"version\":\"1\",\"language\":\"Java\"},\"ruleset\":\"cn-industry-2024-2025\","
        + "\"operations\":[\"emissions\"]}";

    /** The text of a member; a real adapter reads JSON with a library. */
    static String member(String line, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"?([^\",}]*)").matcher(line);
        if (!found.find()) throw new IllegalArgumentException(name);
        return found.group(1);
    }

    static String emissions(String line) {
        BigDecimal total = new BigDecimal(member(line, "co2"))
            .add(new BigDecimal("6630").multiply(new BigDecimal(member(line, "cf4"))))
            .add(new BigDecimal("11100").multiply(new BigDecimal(member(line, "c2f6"))));
        String text = total.signum() == 0 ? "0" : total.stripTrailingZeros().toPlainString();
        return "\"output\":{\"verified_emissions\":\"" + text + "\"}";
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(
            new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line; (line = in.readLine()) != null; ) {
            String command = member(line, "cmd");
            if (command.equals("stop")) return;
            if (command.equals("start")) { out.println(STARTED); continue; }
            String body;
            try {
                body = emissions(line);
            } catch (IllegalArgumentException error) {
                body = "\"skipped\":true,\"message\":\"inputs are not checked here\"";
            }
            out.println("{\"seq\":" + member(line, "seq") + "," + body + "}");
        }
    }
}
