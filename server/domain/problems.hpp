// Collects what is wrong with a request while it is read, and knows where the reading is.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/validation_error.hpp"

namespace sluice::domain {

class Problems {
 public:
  /// `root`: body, query or path.
  explicit Problems(std::string_view root);

  /// The reading is one step deeper for as long as the Place lives.
  class [[nodiscard]] Place {
   public:
    Place(Problems& problems, LocationStep step) : location_(problems.location_) {
      location_.push_back(std::move(step));
    }
    ~Place() { location_.pop_back(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    std::vector<LocationStep>& location_;
  };
  Place at(LocationStep step) { return {*this, std::move(step)}; }

  /// Something is wrong here, or one step deeper.
  void report(std::string_view type, std::string message);
  void report_at(LocationStep step, std::string_view type, std::string message);
  /// Several steps deeper.
  void report_below(const std::vector<LocationStep>& steps, std::string_view type,
                    std::string message);

  bool empty() const noexcept { return errors_.empty(); }
  std::vector<ValidationError> take() noexcept { return std::move(errors_); }

 private:
  std::vector<LocationStep> location_;
  std::vector<ValidationError> errors_;
};

/// `text` in quotes for a message: cut where it is long, control characters left out.
std::string quoted(std::string_view text);

/// How many characters `text` has. Precondition: it is valid UTF-8.
std::size_t characters_in(std::string_view text) noexcept;

/// Whether there is a control character in `text`, line breaks among them.
bool has_control_character(std::string_view text) noexcept;

}  // namespace sluice::domain
