#include "support/random_names.hpp"

namespace sluice::testkit {

std::string RandomNames::literal() {
  const std::size_t index = random_.below(shape_.alphabet);
  std::string text(1, static_cast<char>('a' + index % 26));
  if (index >= 26) text += std::to_string(index / 26);
  return text;
}

std::string RandomNames::segment() {
  if (random_.is_one_in(shape_.tail_one_in)) return "**";
  if (random_.is_one_in(shape_.star_one_in)) return "*";
  return literal();
}

std::string RandomNames::name() {
  std::string text = literal();
  for (std::size_t left = random_.below(shape_.max_segments); left > 0; --left) {
    text += '.' + literal();
  }
  return text;
}

std::string RandomNames::pattern() {
  std::string text = segment();
  for (std::size_t left = random_.below(shape_.max_segments); left > 0; --left) {
    text += '.' + segment();
  }
  return text;
}

std::vector<std::string> RandomNames::patterns(std::size_t max) {
  std::vector<std::string> drawn(random_.between(1, max));
  for (std::string& text : drawn) text = pattern();
  return drawn;
}

}  // namespace sluice::testkit
