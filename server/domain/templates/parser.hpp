// From tokens to a program: text, holes, ifs and loops.
#pragma once

#include <string_view>

#include "domain/template.hpp"
#include "domain/templates/syntax_tree.hpp"

namespace sluice::domain::templates {

/// Errors: Fault.
Program parse_program(std::string_view source, Syntax syntax);

}  // namespace sluice::domain::templates
