// What a writer has built and nobody can see yet: it is retired unless it gets published, also when
// building the rest of it throws.
#pragma once

namespace sluice::internal {

template <class Retire>
class Unpublished {
 public:
  explicit Unpublished(Retire retire) : retire_(retire) {}
  ~Unpublished() {
    if (!is_published_) retire_();
  }
  Unpublished(const Unpublished&) = delete;
  Unpublished& operator=(const Unpublished&) = delete;

  bool publish(bool is_done) noexcept { return is_published_ = is_done; }

 private:
  Retire retire_;
  bool is_published_ = false;
};

}  // namespace sluice::internal
