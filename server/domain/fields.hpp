// Reads the fields of a JSON object. What is not as expected is reported, with a sentence that says
// what was expected, and reads as if it were not there; null is the same as absent.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/problems.hpp"

namespace sluice::domain {

struct TextRule {
  std::size_t min_characters = 1;
  std::size_t max_characters = 200;
};

struct ListRule {
  std::size_t min_elements = 1;
  std::size_t max_elements = 50;
  std::string_view what;  // such as "e-mail addresses"
};

/// What is wrong with a text.
struct Complaint {
  std::string type;
  std::string message;
};

/// Lifetime: within those of the object and the problems.
class Fields {
 public:
  Fields(const boost::json::object& object, Problems& problems) noexcept
      : object_(object), problems_(problems) {}

  Problems& problems() noexcept { return problems_; }

  /// The field's value; null when it is absent or null.
  const boost::json::value* find(std::string_view name) const;

  /// Reports a field that must be there and is not; `expected` completes "expected ...".
  bool require(std::string_view name, std::string_view expected);

  std::optional<std::string> text(std::string_view name, const TextRule& rule);
  /// A text without line breaks and other control characters.
  std::optional<std::string> line(std::string_view name, const TextRule& rule);
  std::optional<bool> flag(std::string_view name);

  /// A number between `min` and `max`; whole numbers come as int64, others as double.
  std::optional<boost::json::value> number(std::string_view name, double min, double max);
  std::optional<std::int64_t> whole_number(std::string_view name, std::int64_t min,
                                           std::int64_t max);

  /// One of a few words.
  std::optional<std::string> choice(std::string_view name,
                                    std::span<const std::string_view> choices);

  const boost::json::array* list(std::string_view name, const ListRule& rule);
  const boost::json::object* object(std::string_view name, std::string_view expected);

  /// A list of texts without repetitions, in their order; `check` says what is wrong with one.
  std::vector<std::string> texts(
      std::string_view name, const ListRule& rule,
      const std::function<std::optional<Complaint>(const std::string&)>& check);

 private:
  const boost::json::object& object_;
  Problems& problems_;
};

}  // namespace sluice::domain
