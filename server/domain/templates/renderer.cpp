#include "domain/templates/renderer.hpp"

#include <boost/json/array.hpp>

#include "domain/templates/escaping.hpp"

namespace sluice::domain::templates {
namespace {

class Renderer {
 public:
  Renderer(const boost::json::object& event, Escape escape, Budget& budget)
      : scope_(event), escape_(escape), budget_(budget) {}

  void run(const Nodes& nodes) {
    for (const Node& node : nodes) {
      budget_.step();
      if (budget_.is_spent()) return;
      std::visit([this](const auto& form) { write(form); }, node.form);
    }
  }

  std::string take() { return std::move(output_); }

 private:
  void write(const Text& text) {
    budget_.output(text.text.size());
    if (!budget_.is_spent()) output_ += text.text;
  }

  void write(const Output& output) {
    const Operand operand = evaluate(*output.expression, scope_, budget_);
    if (budget_.is_spent() || operand.get() == nullptr) return;
    budget_.step(bytes_of(*operand.get(), budget_.output_left()));
    const std::size_t before = output_.size();
    append_escaped(output_, text_of(*operand.get()), operand.is_safe() ? Escape::none : escape_);
    budget_.output(output_.size() - before);
  }

  void write(const Conditional& conditional) {
    for (const Branch& branch : conditional.branches) {
      if (branch.condition && !is_true(evaluate(*branch.condition, scope_, budget_))) continue;
      return run(branch.body);
    }
  }

  void write(const Loop& loop) {
    const Operand list = evaluate(*loop.list, scope_, budget_);
    if (list.get() == nullptr) return;
    if (const auto* array = list.get()->if_array()) {
      for (std::size_t i = 0; i < array->size(); ++i) {
        iterate(loop, &(*array)[i], i, array->size());
        if (budget_.is_spent()) return;
      }
    } else if (const auto* object = list.get()->if_object()) {
      std::size_t i = 0;
      for (const auto& member : *object) {
        const boost::json::value key(member.key());
        iterate(loop, &key, i++, object->size());
        if (budget_.is_spent()) return;
      }
    }
  }

  void iterate(const Loop& loop, const boost::json::value* element, std::size_t index,
               std::size_t length) {
    budget_.iterate();
    if (budget_.is_spent()) return;
    const boost::json::value state = {{"index", index + 1},
                                      {"index0", index},
                                      {"first", index == 0},
                                      {"last", index + 1 == length},
                                      {"length", length}};
    scope_.push("loop", &state);
    scope_.push(loop.variable, element);
    run(loop.body);
    scope_.pop();
    scope_.pop();
  }

  Scope scope_;
  Escape escape_;
  Budget& budget_;
  std::string output_;
};

}  // namespace

std::string render(const Program& program, const boost::json::object& event, Escape escape,
                   Budget& budget) {
  Renderer renderer{event, escape, budget};
  renderer.run(program.nodes);
  return renderer.take();
}

const Expression* sole_expression(const Program& program) noexcept {
  if (program.nodes.size() != 1) return nullptr;
  const auto* output = std::get_if<Output>(&program.nodes.front().form);
  return output != nullptr ? output->expression.get() : nullptr;
}

}  // namespace sluice::domain::templates
