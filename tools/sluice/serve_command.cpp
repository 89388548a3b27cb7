#include "serve_command.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "app/app.hpp"
#include "base/file_descriptor.hpp"
#include "base/log.hpp"
#include "interrupt.hpp"
#include "settings/effective_settings.hpp"

namespace sluice::tool {
namespace {

constexpr const char* kNotes = R"(Every setting can also be given in the environment (SLUICE_ and the option's name in capitals) or in
a JSON file with --config, where // comments are allowed; the command line overrules the environment,
and that the file. --print-config shows what is in force and where each value comes from.

The first start with a data directory makes an organization and an admin key, and prints the key
once. SIGTERM and Ctrl-C end the service gracefully; a second signal ends it at once. SIGHUP has it
read its settings again: log.level, log.format and the files of TLS change, the rest waits for the
next start.

Examples:
  sluice serve
  sluice serve --listen 127.0.0.1:0 --data-dir /var/lib/sluice --log-format json
  sluice serve --listen 0.0.0.0:8443 --tls-certificate-file chain.pem --tls-key-file key.pem
  SLUICE_DURABILITY=os sluice serve --print-config

)";

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw Failure(ExitCode::bad_usage, path + ": cannot be read");
  return std::move(text).str();
}

EffectiveSettings effective_settings(const ServeCommand& command) {
  EffectiveSettings settings;
  try {
    const char* const from_environment = std::getenv("SLUICE_CONFIG");
    const std::string path = !command.config_path.empty() || from_environment == nullptr
                                 ? command.config_path
                                 : from_environment;
    if (!path.empty()) settings.read_file(path, read_file(path));
    settings.read_environment([](const char* name) -> const char* { return std::getenv(name); });
    for (const Setting& setting : all_settings()) {
      const auto given = command.given.find(std::string{setting.name});
      if (given != command.given.end()) settings.set(setting, given->second, Origin::command_line);
    }
  } catch (const SettingError& error) {
    throw Failure(ExitCode::bad_usage, error.what());
  }
  return settings;
}

/// The memory has keys, passwords and signing secrets: it goes into no core file, and no other process
/// of the same user may look at it. Root still may.
void keep_memory_private() { ::prctl(PR_SET_DUMPABLE, 0); }

/// SIGHUP as a descriptor, for this thread and those that it starts from now on.
base::FileDescriptor take_hangups() {
  ::sigset_t hangup;
  ::sigemptyset(&hangup);
  ::sigaddset(&hangup, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &hangup, nullptr);
  base::FileDescriptor descriptor(::signalfd(-1, &hangup, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor) throw Failure(ExitCode::failed, "cannot make a descriptor for signals");
  return descriptor;
}

/// A bad file changes nothing.
void reload(app::App& service, const ServeCommand& command) {
  try {
    service.reload(effective_settings(command).values());
  } catch (const Failure& failure) {
    base::log_error("the settings stay as they are", {{"error", failure.what()}});
  }
}

void run_until(const Interrupt& interrupt, const base::FileDescriptor& hangups,
               const std::function<void()>& when_hung_up) {
  std::array<pollfd, 2> wakes{pollfd{.fd = interrupt.wake_fd(), .events = POLLIN, .revents = 0},
                              pollfd{.fd = hangups.get(), .events = POLLIN, .revents = 0}};
  while (!interrupt.is_raised()) {
    if (::poll(wakes.data(), wakes.size(), -1) < 0 && errno != EINTR) return;
    ::signalfd_siginfo hangup{};
    if (::read(hangups.get(), &hangup, sizeof hangup) == sizeof hangup) when_hung_up();
  }
}

}  // namespace

CLI::App* ServeCommand::add_to(CLI::App& app) {
  CLI::App* serve = app.add_subcommand("serve", "Run the service");
  serve->add_option("--config", config_path, "JSON file with settings")->option_text("FILE");
  serve->add_flag("--print-config", is_print_config, "Print the settings in force, and exit");
  for (const Setting& setting : all_settings()) {
    serve
        ->add_option_function<std::string>(
            setting.flag(),
            [this, &setting](const std::string& text) { given[std::string{setting.name}] = text; },
            std::string{setting.sentence})
        ->option_text("VALUE");
  }
  serve->footer(std::string(kNotes) + kExitCodes);
  return serve;
}

ExitCode ServeCommand::run() const {
  const EffectiveSettings settings = effective_settings(*this);
  if (is_print_config) {
    std::fputs(settings.print().c_str(), stdout);
    return ExitCode::ok;
  }
  keep_memory_private();
  const Interrupt interrupt;
  const base::FileDescriptor hangups = take_hangups();
  std::signal(SIGPIPE, SIG_IGN);  // a log whose reader has gone must not end the service
  app::App service(settings.values());
  if (const auto& first = service.first_key()) {
    std::printf("organization: %s\nadmin key (shown this once): %s\n", first->organisation.c_str(),
                first->key.c_str());
    std::fflush(stdout);
  }
  service.start();
  std::fprintf(stderr, "listening on %s\n", service.url().c_str());
  run_until(interrupt, hangups, [&] { reload(service, *this); });
  base::log_info("stopping");
  service.stop();
  base::log_info("stopped");
  return ExitCode::ok;
}

}  // namespace sluice::tool
