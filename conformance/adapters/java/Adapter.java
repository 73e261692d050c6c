// An adapter for Java 17, one file, no library: emissions, by exact BigDecimal arithmetic.
// Run it as: cets run --operation emissions --adapter "java Adapter.java"
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.regex.*;

public class Adapter {
    static final String STARTED = "{\"protocol\":1,\"implementation\":{\"name\":\"example\","
        + "\"version\":\"1\",\"language\":\"Java\"},\"ruleset\":\"cn-industry-2024-2025\","
        + "\"operations\":[\"emissions\"]}";
    static final Pattern TOKEN = Pattern.compile(
        "\"(?:[^\"\\\\]|\\\\.)*\"|[{}\\[\\]]|[^\\s{}\\[\\]:,\"]+");
    static final Map<String, BigDecimal> GWP = Map.of("\"co2\"", new BigDecimal(1),
        "\"cf4\"", new BigDecimal(6630), "\"c2f6\"", new BigDecimal(11100));

    /** Reads JSON: an object as a Map, a list as a List, anything else as it is written. */
    static Object read(Iterator<String> tokens) {
        String token = tokens.next();
        if (token.equals("{")) {
            Map<String, Object> found = new HashMap<>();
            for (String name; !(name = tokens.next()).equals("}"); ) found.put(name, read(tokens));
            return found;
        }
        if (!token.equals("[")) return token;
        List<Object> found = new ArrayList<>();
        for (Object item; !"]".equals(item = read(tokens)); ) found.add(item);
        return found;
    }

    static String answer(Object input) {
        Object gases = input instanceof Map<?, ?> all && all.size() == 1 ? all.get("\"gases\"") : null;
        if (!(gases instanceof Map<?, ?> masses) || !masses.keySet().equals(GWP.keySet()))
            return "\"error\":{\"code\":\"INVALID_INPUT\"}";
        BigDecimal total = BigDecimal.ZERO;
        for (Map.Entry<?, ?> gas : masses.entrySet()) {
            String mass = gas.getValue().toString();
            if (!mass.matches("\"(0|[1-9][0-9]{0,14})(\\.[0-9]{1,6})?\""))
                return "\"error\":{\"code\":\"INVALID_INPUT\"}";
            BigDecimal tonnes = new BigDecimal(mass.substring(1, mass.length() - 1));
            total = total.add(tonnes.multiply(GWP.get(gas.getKey())));
        }
        return "\"output\":{\"verified_emissions\":\"" + total.stripTrailingZeros().toPlainString() + "\"}";
    }

    public static void main(String[] arguments) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line; (line = in.readLine()) != null; ) {
            var message = (Map<?, ?>) read(TOKEN.matcher(line).results().map(MatchResult::group).iterator());
            if (message.get("\"cmd\"").equals("\"stop\"")) return;
            out.println(message.get("\"cmd\"").equals("\"start\"") ? STARTED
                : "{\"seq\":" + message.get("\"seq\"") + "," + answer(message.get("\"input\"")) + "}");
        }
    }
}
