#include "generate_command.hpp"

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdlib>
#include <map>

#include "event_writer.hpp"
#include "json_text.hpp"
#include "output_file.hpp"

namespace sluice::tool {
namespace {

constexpr const char* kNotes = R"(Shapes:
  flat     100,000 exact patterns over 10,000 names: about 10 matches an event
  wild     a million patterns over a million names: 75 % exact, 20 % with *, 5 % with a last **
  tenants  a million patterns of 10,000 organizations over 400 names: 60 % exact, 25 % with *,
           12 % with a last **, 3 % everything
Subscriptions and events of the same shape and seed fit together. The same options give the same
bytes on every machine.

In shape tenants, subscriptions are webhooks with an organization (--format ndjson) and events name
theirs. With --format text the organization is the first segment of the pattern instead, as it is
in the output of `generate names`.

Examples:
  sluice generate subscriptions --shape tenants --output webhooks.ndjson
  sluice generate events --shape tenants --count 5000000 --output events.ndjson
  sluice generate names --shape wild --zipf 1 | sluice match --names --subscriptions wild.txt

)";

constexpr std::size_t kBufferBytes = std::size_t{1} << 20U;
// More than any disk holds; CLI11 reads -1 as the largest number there is.
constexpr std::uint64_t kMaxCount = 1'000'000'000'000;

std::uint64_t default_count(GeneratedKind kind, WorkloadShape shape) {
  const bool is_small = kind == GeneratedKind::subscriptions && shape == WorkloadShape::flat;
  return is_small ? 100'000 : 1'000'000;
}

/// A webhook_id: `wh_` and ten characters that no other number of the same seed has, but for one
/// chance in many thousands of millions.
void append_webhook_id(std::uint64_t seed, std::uint64_t number, std::string& out) {
  constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::uint64_t bits = RandomStream::mix(RandomStream::mix(seed + 1) + number);
  out += "wh_";
  for (int i = 0; i < 10; ++i, bits /= kDigits.size()) out += kDigits[bits % kDigits.size()];
}

void append_webhook(std::uint64_t seed, std::uint64_t number, const Draw& draw, std::string& out) {
  out += R"({"webhook_id":")";
  append_webhook_id(seed, number, out);
  if (draw.organization) {
    out += R"(","organization":")";
    append_organization(out, *draw.organization);
  }
  out += R"(","event_types":[")";
  out += draw.text;
  out += R"("],"channels":[{"channel":"webhook","configs":{"url":"https://example.com/)";
  append_number(out, number);
  out += "\"}}]}\n";
}

void append_line(const Draw& draw, std::string& out) {
  if (draw.organization) {
    append_organization(out, *draw.organization);
    out += '.';
  }
  out += draw.text;
  out += '\n';
}

/// Adds an option that takes one of a few words, whatever their case.
template <class Kind, class Value>
CLI::Option* add_choice(CLI::App& app, const char* name, Value& value,
                        const std::map<std::string, Kind>& kinds, const char* sentence) {
  return app
      .add_option_function<std::string>(
          name, [kinds, &value](const std::string& word) { value = kinds.at(word); }, sentence)
      ->transform(CLI::IsMember(kinds, CLI::ignore_case));
}

/// Numbers of `least` to `most`. CLI::Range alone lets "nan" pass.
CLI::Validator number_between(double least, double most) {
  const CLI::Validator is_number(
      [](const std::string& text) {
        return std::isnan(std::strtod(text.c_str(), nullptr)) ? text + " is no number" : "";
      },
      "");
  return CLI::Range(least, most) & is_number;
}

}  // namespace

CLI::App* GenerateCommand::add_to(CLI::App& app) {
  CLI::App* generate = app.add_subcommand("generate", "Write a seeded workload");
  add_choice<GeneratedKind>(*generate, "kind", kind,
                            {{"subscriptions", GeneratedKind::subscriptions},
                             {"events", GeneratedKind::events},
                             {"names", GeneratedKind::names}},
                            "What to write: subscriptions, events or names")
      ->required()
      ->option_text("KIND");
  add_choice<WorkloadShape>(*generate, "--shape", workload.shape,
                            {{"flat", WorkloadShape::flat},
                             {"wild", WorkloadShape::wild},
                             {"tenants", WorkloadShape::tenants}},
                            "flat (default), wild or tenants")
      ->option_text("SHAPE");
  generate
      ->add_option("--count", count,
                   "Lines to write (default 1000000; subscriptions of shape "
                   "flat 100000)")
      ->check(CLI::Range(std::uint64_t{0}, kMaxCount))
      ->option_text("N");
  generate->add_option("--seed", workload.seed, "Other seeds give other workloads (default 0)")
      ->option_text("S");
  generate
      ->add_option("--zipf", name_skew,
                   "Skew of the popularity of names (default 0, which is "
                   "none; shape tenants 1)")
      ->check(number_between(0.0, 8.0))
      ->option_text("A");
  generate
      ->add_option("--organizations", workload.organizations,
                   "Organizations of shape tenants (default 10000)")
      ->check(CLI::Range(1, 10'000'000))
      ->option_text("N");
  generate
      ->add_option("--event-bytes", event_bytes,
                   "Mean size of an event, 200 to 200000 (default 500)")
      ->check(CLI::Range(200, 200'000))
      ->option_text("B");
  add_choice<SubscriptionFormat>(
      *generate, "--format", format,
      {{"text", SubscriptionFormat::text}, {"ndjson", SubscriptionFormat::ndjson}},
      "Of subscriptions: text or ndjson (default text; shape tenants ndjson)")
      ->option_text("FORMAT");
  generate->add_option("-o,--output", output_path, "Where to write; default standard output, -")
      ->option_text("FILE");
  generate->footer(std::string(kNotes) + kExitCodes);
  return generate;
}

ExitCode GenerateCommand::run() const {
  if (format && kind != GeneratedKind::subscriptions)
    throw Failure(ExitCode::bad_usage, "--format is for subscriptions only");
  const bool is_tenants = workload.shape == WorkloadShape::tenants;
  WorkloadOptions options = workload;
  options.name_skew = name_skew.value_or(is_tenants ? 1.0 : 0.0);
  const SubscriptionFormat written =
      format.value_or(is_tenants ? SubscriptionFormat::ndjson : SubscriptionFormat::text);

  OutputFile file(output_path);
  Workload draws(options);
  EventWriter events(options.seed, event_bytes);
  std::string buffer;
  const std::uint64_t lines = count.value_or(default_count(kind, options.shape));
  for (std::uint64_t i = 0; i < lines; ++i) {
    if (kind == GeneratedKind::events)
      events.append(draws.draw_event(), buffer);
    else if (kind == GeneratedKind::names)
      append_line(draws.draw_event(), buffer);
    else if (written == SubscriptionFormat::ndjson)
      append_webhook(options.seed, i, draws.draw_subscription(), buffer);
    else
      append_line(draws.draw_subscription(), buffer);
    if (buffer.size() < kBufferBytes && i + 1 < lines) continue;
    if (!file.write(buffer)) {
      if (!file.error().empty()) throw Failure(ExitCode::failed, file.error());
      return ExitCode::failed;  // the reader of a pipe has gone
    }
    buffer.clear();
  }
  return ExitCode::ok;
}

}  // namespace sluice::tool
