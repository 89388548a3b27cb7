// What a template is once it is parsed.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace sluice::domain::templates {

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;

struct Literal {
  boost::json::value value;
};

/// `name.key[0]`: the name is a loop's variable or a field of the event.
struct Path {
  std::string name;
  std::vector<std::variant<std::string, std::size_t>> steps;
};

struct Negation {
  ExpressionPtr operand;
};

enum class Operator : std::uint8_t {
  both,
  either,
  equal,
  unequal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  member,
  no_member,
};

struct Operation {
  Operator symbol;
  ExpressionPtr left;
  ExpressionPtr right;
};

enum class Filter : std::uint8_t { default_, upper, lower, tojson, date };

struct Filtered {
  Filter filter;
  ExpressionPtr input;
  ExpressionPtr argument;        // default's, or null
  std::string date_format = {};  // date's
  bool replaces_falsy = false;   // default(x, true)
};

struct Expression {
  std::variant<Literal, Path, Negation, Operation, Filtered> form;
};

struct Node;
using Nodes = std::vector<Node>;

struct Text {
  std::string text;
};

struct Output {
  ExpressionPtr expression;
};

struct Branch {
  ExpressionPtr condition;  // null: else
  Nodes body;
};

struct Conditional {
  std::vector<Branch> branches;
};

struct Loop {
  std::string variable;
  ExpressionPtr list;
  Nodes body;
};

struct Node {
  std::variant<Text, Output, Conditional, Loop> form;
};

struct Program {
  Nodes nodes;
};

}  // namespace sluice::domain::templates
