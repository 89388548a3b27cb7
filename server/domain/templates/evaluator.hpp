// The value of an expression for one event.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/templates/budget.hpp"
#include "domain/templates/syntax_tree.hpp"

namespace sluice::domain::templates {

/// A value that is looked at in the event, or one that was computed. get() is null when the thing
/// asked for is not there.
class Operand {
 public:
  Operand() noexcept = default;
  explicit Operand(const boost::json::value* borrowed) noexcept : borrowed_(borrowed) {}
  explicit Operand(boost::json::value owned, bool is_safe = false)
      : owned_(std::move(owned)), is_safe_(is_safe) {}

  const boost::json::value* get() const noexcept { return owned_ ? &*owned_ : borrowed_; }
  bool is_safe() const noexcept { return is_safe_; }  // needs no escape anywhere

 private:
  const boost::json::value* borrowed_ = nullptr;
  std::optional<boost::json::value> owned_;
  bool is_safe_ = false;
};

/// What names mean: the fields of the event, and the variables of the loops around, innermost last.
class Scope {
 public:
  explicit Scope(const boost::json::object& event) noexcept : event_(event) {}

  const boost::json::value* find(std::string_view name) const;

  /// Lifetime: `name` and `value` until pop().
  void push(std::string_view name, const boost::json::value* value) {
    variables_.emplace_back(name, value);
  }
  void pop() noexcept { variables_.pop_back(); }

 private:
  const boost::json::object& event_;
  std::vector<std::pair<std::string_view, const boost::json::value*>> variables_;
};

/// Lifetime: the operand may point into the expression and into what `scope` knows. When the budget
/// is spent the answer means nothing.
Operand evaluate(const Expression& expression, const Scope& scope, Budget& budget);

/// What `if` asks: false are nothing, null, false, 0 and what is empty.
bool is_true(const Operand& operand) noexcept;

}  // namespace sluice::domain::templates
