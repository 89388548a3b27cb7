#include "bench/baselines/regex_sets.hpp"

#include <algorithm>
#include <stdexcept>

#include "bench/baselines/segments.hpp"

namespace sluice::bench {

std::string regex_of(const Pattern& pattern) {
  const Segments segments = pattern_segments(pattern);
  std::string regex;
  bool has_segment = false;  // something before this place takes a segment for certain
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i] == "**") {
      regex += has_segment ? R"((?:\.[^.]+)*)" : R"((?:[^.]+\.)*)";
      continue;
    }
    if (has_segment) regex += R"(\.)";
    regex += segments[i] == "*" ? std::string{"[^.]+"} : RE2::QuoteMeta(std::string{segments[i]});
    has_segment = true;
  }
  return has_segment ? "^" + regex + "$" : "^.+$";
}

namespace {

RE2::Options re2_options(std::size_t max_bytes) {
  RE2::Options options;
  options.set_max_mem(static_cast<std::int64_t>(max_bytes));
  options.set_log_errors(false);
  return options;
}

}  // namespace

Re2Set::Re2Set() : set_{re2_options(kMaxBytes), RE2::ANCHOR_BOTH} {}

void Re2Set::add(SubscriptionId id, const Pattern& pattern) {
  std::string error;
  if (set_.Add(regex_of(pattern), &error) < 0) throw std::runtime_error{"RE2::Set: " + error};
  ids_.push_back(id);
}

void Re2Set::freeze() {
  if (!set_.Compile()) throw std::runtime_error{"RE2::Set: out of memory"};
  std::vector<SubscriptionId> sorted = ids_;
  std::sort(sorted.begin(), sorted.end());
  may_repeat_ = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

void Re2Set::match(std::string_view name, std::vector<SubscriptionId>& ids) const {
  thread_local std::vector<int> places;
  places.clear();
  set_.Match(re2::StringPiece{name.data(), name.size()}, &places);
  for (const int place : places) ids.push_back(ids_[static_cast<std::size_t>(place)]);
  if (!may_repeat_) return;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

#ifdef SLUICE_HAS_HYPERSCAN

HyperscanSet::~HyperscanSet() {
  hs_free_scratch(scratch_);
  hs_free_database(database_);
}

void HyperscanSet::add(SubscriptionId id, const Pattern& pattern) {
  regexes_.push_back(regex_of(pattern));
  ids_.push_back(static_cast<std::uint32_t>(id));
}

void HyperscanSet::freeze() {
  std::vector<const char*> texts;
  for (const std::string& regex : regexes_) texts.push_back(regex.c_str());
  // SINGLEMATCH reports an id once, whatever patterns it has.
  const std::vector<unsigned> flags(texts.size(), HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY);
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(texts.data(), flags.data(), ids_.data(), static_cast<unsigned>(texts.size()),
                       HS_MODE_BLOCK, nullptr, &database_, &error) != HS_SUCCESS) {
    const std::string message = error->message;
    hs_free_compile_error(error);
    throw std::runtime_error{"hyperscan: " + message};
  }
  if (hs_alloc_scratch(database_, &scratch_) != HS_SUCCESS)
    throw std::runtime_error{"hyperscan: out of memory"};
}

void HyperscanSet::match(std::string_view name, std::vector<SubscriptionId>& ids) const {
  const auto take = [](unsigned id, unsigned long long, unsigned long long, unsigned, void* into) {
    static_cast<std::vector<SubscriptionId>*>(into)->push_back(SubscriptionId{id});
    return 0;
  };
  hs_scan(database_, name.data(), static_cast<unsigned>(name.size()), 0, scratch_, take, &ids);
}

std::size_t HyperscanSet::index_bytes() const {
  std::size_t database = 0;
  std::size_t scratch = 0;
  hs_database_size(database_, &database);
  hs_scratch_size(scratch_, &scratch);
  return database + scratch;
}

#endif

}  // namespace sluice::bench
