#include "bench/stage.hpp"

#include "bench/workload/shapes.hpp"

namespace sluice::bench {

std::shared_ptr<const Workload> Stage::workload(std::string_view set) {
  const std::lock_guard lock{mutex_};
  auto& workload = workloads_[std::string{set}];
  if (!workload) {
    workload = options_.workloads.empty()
                   ? small_workload(set, options_.seed)
                   : std::make_shared<const Workload>(options_.workloads, set);
  }
  return workload;
}

std::shared_ptr<const ExpectedAnswers> Stage::expected(std::string_view set) {
  const std::lock_guard lock{mutex_};
  auto& expected = expected_[std::string{flat_set(set)}];
  if (!expected) expected = std::make_shared<const ExpectedAnswers>(*workload(flat_set(set)));
  return expected;
}

Subject& Stage::subject(std::string_view engine, std::string_view set, std::size_t event_limit) {
  const std::lock_guard lock{mutex_};
  auto& subject = subjects_[{std::string{engine}, std::string{set}}];
  if (!subject) {
    subject = std::make_unique<Subject>(make_contestant(engine), workload(set), expected(set),
                                        event_limit);
  }
  return *subject;
}

}  // namespace sluice::bench
