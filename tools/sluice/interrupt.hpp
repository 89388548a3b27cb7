// Ctrl-C and SIGTERM as a fact that can be asked for, and as a descriptor that wakes a poll(). The
// first signal asks for a clean end; a second one ends the process at once.
#pragma once

namespace sluice::tool {

class Interrupt {
 public:
  /// Takes over SIGINT and SIGTERM. At most one at a time. Errors: Failure.
  Interrupt();
  /// Gives them back.
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool is_raised() const noexcept;
  /// Readable once a signal has come.
  int wake_fd() const noexcept { return read_fd_; }

 private:
  int read_fd_ = -1;
};

}  // namespace sluice::tool
