import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import software.amazon.event.ruler.Machine;

/**
 * AWS Event Ruler behind the adapter protocol of adapter.py. Its wildcard also matches dots, which is
 * another meaning than ours, so that only exact names can be compared. Events are handed over as the
 * flat fields that it has made of JSON: reading JSON is not measured.
 */
public final class RulerAdapter {
  private final Machine machine = new Machine();
  private final List<String> events;

  private RulerAdapter(List<String> events) {
    this.events = events;
  }

  private void load(List<String> patterns) throws Exception {
    for (int id = 0; id < patterns.size(); ++id) {
      if (patterns.get(id).contains("*")) {
        throw new IllegalArgumentException("Event Ruler means something else by " + patterns.get(id));
      }
      machine.addRule(Integer.toString(id), "{\"event_type\":[\"" + patterns.get(id) + "\"]}");
    }
  }

  private static String[] fields(String event) {
    return new String[] {"event_type", "\"" + event + "\""};
  }

  private String answers() {
    StringBuilder text = new StringBuilder();
    for (String event : events) {
      text.append(String.join(" ", machine.rulesForEvent(fields(event)))).append('\n');
    }
    return text.toString();
  }

  private String round() {
    List<String[]> all = events.stream().map(RulerAdapter::fields).toList();
    long hits = 0;
    long sum = 0;
    long begin = System.nanoTime();
    for (String[] event : all) {
      for (String rule : machine.rulesForEvent(event)) {
        ++hits;
        sum += Integer.parseInt(rule);
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return String.format("{\"seconds\":%.9f,\"events\":%d,\"hits\":%d,\"id_sum\":%d}%n", seconds,
        all.size(), hits, sum);
  }

  public static void main(String[] arguments) throws Exception {
    List<String> patterns = Files.readAllLines(Path.of(arguments[0]));
    RulerAdapter adapter = new RulerAdapter(Files.readAllLines(Path.of(arguments[1])));
    long begin = System.nanoTime();
    adapter.load(patterns);
    System.out.printf("{\"subscriptions\":%d,\"load_seconds\":%.6f}%n", patterns.size(),
        (System.nanoTime() - begin) / 1e9);
    System.out.flush();
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
    for (String command = commands.readLine(); command != null; command = commands.readLine()) {
      System.out.print(command.equals("answers") ? adapter.answers() : adapter.round());
      System.out.flush();
    }
  }
}
