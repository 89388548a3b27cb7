#include "backup_command.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>

#include "backup/backup.hpp"
#include "copy_progress.hpp"

namespace sluice::tool {
namespace {

namespace json = boost::json;

constexpr const char* kNotes =
    R"(The service may run meanwhile, and need not be told. The file is what a kill of the service would have
left at a moment after the backup began: every event that was acknowledged before is in it, and what is
owed. It is a tar compressed with zstd, checked in full by `sluice restore`. It gets its name when it is
whole; a file that is there already is not overwritten.

The file holds the keys that open the secrets of webhooks, so keep it as you keep those. Its name must
lie where there is room for a copy of the largest database besides. While events are copied the service
drops none, so its disk may need more than retention.bytes for as long.

Examples:
  sluice backup sluice-data --to sluice-$(date +%F).tar.zst
  sluice backup /var/lib/sluice --to /backup/sluice.tar.zst --json
  tar --zstd -tvf sluice.tar.zst                    what is in it

)";

void print(const BackupCommand& command, const backup::BackupReport& report) {
  const backup::Manifest& manifest = report.manifest;
  if (command.is_json) {
    const json::object object{{"file", command.file},
                              {"file_bytes", report.archive_bytes},
                              {"data_bytes", report.data_bytes()},
                              {"files", manifest.files.size()},
                              {"begun_at", base::to_iso8601(manifest.begun_at)},
                              {"first_event", manifest.events.first},
                              {"last_event", manifest.events.through}};
    std::puts(json::serialize(object).c_str());
    return;
  }
  std::printf("%s: %zu files with %s in %s, as of %s, events %llu to %llu\n",
              command.file.c_str(), manifest.files.size(), size_text(report.data_bytes()).c_str(),
              size_text(report.archive_bytes).c_str(),
              base::to_iso8601(manifest.begun_at).c_str(),
              static_cast<unsigned long long>(manifest.events.first),
              static_cast<unsigned long long>(manifest.events.through));
}

}  // namespace

CLI::App* BackupCommand::add_to(CLI::App& app) {
  CLI::App* backup =
      app.add_subcommand("backup", "Copy a data directory into one file, while its service runs");
  backup->add_option("directory", directory, "The data directory")->required()->option_text("DIR");
  backup->add_option("--to", file, "The file to make")->required()->option_text("FILE");
  backup->add_flag("--json", is_json, "Tell of it in one JSON object");
  backup->footer(std::string(kNotes) + kExitCodes);
  return backup;
}

ExitCode BackupCommand::run() const {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::path(directory) / "config.db", ignored))
    throw Failure(ExitCode::bad_usage, "there is no data of a service in " + directory);
  if (std::filesystem::exists(std::filesystem::symlink_status(file, ignored)))
    throw Failure(ExitCode::bad_usage, file + " is there already, and is not overwritten");
  const base::SystemClock clock;
  base::SystemRandom random;
  CopyProgress progress;
  const backup::BackupReport report =
      backup::back_up(directory, file, SLUICE_VERSION, clock, random,
                      [&progress](std::uint64_t bytes) { progress.add(bytes); });
  print(*this, report);
  return ExitCode::ok;
}

}  // namespace sluice::tool
