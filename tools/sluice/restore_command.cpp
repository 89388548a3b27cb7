#include "restore_command.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>

#include "backup/restore.hpp"
#include "base/random.hpp"
#include "copy_progress.hpp"

namespace sluice::tool {
namespace {

namespace json = boost::json;

constexpr const char* kNotes =
    R"(Everything is unpacked into a directory beside DIR, compared with the checksums, written to the disk,
and only then renamed: DIR is there as a whole or not at all. DIR must not exist, or be empty. A file
that is damaged or cut off is refused, and the message says where. Run it as the user that runs the
service, for whom alone the files are.

A service that is started on DIR goes on where the backup ends: what was owed then is delivered, once
more where it has arrived since. So end the service that was backed up first, or keep the new one from
its receivers; both together would deliver twice.

Examples:
  sluice restore sluice-2026-01-31.tar.zst --to sluice-data
  sluice restore sluice.tar.zst --to /var/lib/sluice --json

)";

}  // namespace

CLI::App* RestoreCommand::add_to(CLI::App& app) {
  CLI::App* restore =
      app.add_subcommand("restore", "Make a data directory from a backup, verified");
  restore->add_option("file", file, "What `sluice backup` wrote")->required()->option_text("FILE");
  restore->add_option("--to", directory, "The data directory to make")
      ->required()
      ->option_text("DIR");
  restore->add_flag("--json", is_json, "Tell of it in one JSON object");
  restore->footer(std::string(kNotes) + kExitCodes);
  return restore;
}

ExitCode RestoreCommand::run() const {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (!fs::exists(file, ignored)) throw Failure(ExitCode::bad_usage, "there is no file " + file);
  if (fs::exists(fs::symlink_status(directory, ignored)) && !fs::is_empty(directory, ignored))
    throw Failure(ExitCode::bad_usage, directory + " is there already, and is not overwritten");
  base::SystemRandom random;
  CopyProgress progress;
  const backup::Manifest manifest = backup::restore(
      file, directory, random, [&progress](std::uint64_t bytes) { progress.add(bytes); });
  if (is_json) {
    const json::object object{{"directory", directory},
                              {"files", manifest.files.size()},
                              {"begun_at", base::to_iso8601(manifest.begun_at)},
                              {"first_event", manifest.events.first},
                              {"last_event", manifest.events.through}};
    std::puts(json::serialize(object).c_str());
    return ExitCode::ok;
  }
  std::printf("%s: %zu files, as of %s, events %llu to %llu\n", directory.c_str(),
              manifest.files.size(), base::to_iso8601(manifest.begun_at).c_str(),
              static_cast<unsigned long long>(manifest.events.first),
              static_cast<unsigned long long>(manifest.events.through));
  return ExitCode::ok;
}

}  // namespace sluice::tool
