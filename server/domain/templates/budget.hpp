// What a rendering may still spend. The first limit that is passed ends it; whoever loops asks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "domain/template.hpp"

namespace sluice::domain::templates {

class Budget {
 public:
  explicit Budget(const TemplateLimits& limits) noexcept : left_(limits), limits_(limits) {}

  bool is_spent() const noexcept { return spent_on_ != nullptr; }

  /// A step, and the bytes it looks at.
  void step(std::size_t bytes = 0) noexcept { take(left_.steps, 1 + bytes / 64, "steps"); }
  void iterate() noexcept { take(left_.loop_iterations, 1, "loop iterations"); }
  void output(std::size_t bytes) noexcept { take(left_.output_bytes, bytes, "bytes of output"); }

  std::size_t output_left() const noexcept { return left_.output_bytes; }

  RenderError error() const {
    std::size_t limit = limits_.steps;
    if (spent_on_ == std::string_view{"bytes of output"}) limit = limits_.output_bytes;
    if (spent_on_ == std::string_view{"loop iterations"}) limit = limits_.loop_iterations;
    return {"the template needs more than " + std::to_string(limit) + " " + spent_on_};
  }

 private:
  void take(std::size_t& from, std::size_t amount, const char* what) noexcept {
    if (amount > from && spent_on_ == nullptr) spent_on_ = what;
    from -= std::min(amount, from);
  }

  TemplateLimits left_;
  TemplateLimits limits_;
  const char* spent_on_ = nullptr;
};

}  // namespace sluice::domain::templates
