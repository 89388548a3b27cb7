// A program run for one event.
#pragma once

#include <string>

#include "domain/templates/budget.hpp"
#include "domain/templates/evaluator.hpp"
#include "domain/templates/syntax_tree.hpp"

namespace sluice::domain::templates {

/// The text that `program` makes. When the budget is spent it is cut off somewhere.
std::string render(const Program& program, const boost::json::object& event, Escape escape,
                   Budget& budget);

/// The only node's expression, when a program is one hole and nothing else; null otherwise.
const Expression* sole_expression(const Program& program) noexcept;

}  // namespace sluice::domain::templates
