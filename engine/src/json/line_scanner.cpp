#include "json/line_scanner.hpp"

#include <algorithm>
#include <bit>
#include <string_view>

#include "json/escapes.hpp"
#include "json/line_assembly.hpp"
#include "json/scalars.hpp"
#include "json/structure.hpp"
#include "json/token_scanner.hpp"

namespace sluice::json {

#if defined(__x86_64__)

namespace {

SLUICE_AVX2_INLINE RareBytes read_rare(const BlockAvx2& text, const char* block, const char* end,
                                       EscapeReader& escapes) noexcept {
  RareBytes rare;
  rare.control = text.control();
  rare.newlines = text.equal('\n');
  if (rare.control != rare.newlines) rare.blanks = text.equal('\t') | text.equal('\r');
  rare.backslashes = text.equal('\\');
  if (rare.backslashes != 0 || escapes.is_pending()) escapes.read(block, end, rare);
  return rare;
}

/// As LineScanner::scan().
template <EventFields Wanted>
SLUICE_AVX2 const char* scan_blocks(const ScanJob& job) {
  LineAssembly assembly{job};
  const char* const end = job.end;
  StructureReader structure;
  EscapeReader escapes;
  ScalarQueue scalars;
  KeyFinder<Wanted> key_finder;
  for (const char* block = job.begin;; block += 64) {
    const BlockAvx2 text{block};
    const Planes planes = text.planes();
    std::uint64_t non_ascii = 0;
    Structure is;
    if (text.has_special() || escapes.is_pending()) [[unlikely]] {
      non_ascii = text.non_ascii();
      assembly.note_non_ascii(non_ascii);
      is = structure.read(planes, read_rare(text, block, end, escapes));
    } else {
      is = structure.read(planes, RareBytes{});
    }
    if (!scalars.add(block, is.scalars, end)) break;
    const std::uint64_t keys = key_finder.find(is);
    const std::uint64_t squares = (is.left | is.right) & ~text.are_curly();
    if (assembly.is_plain(is, squares)) [[likely]] {
      if (!assembly.pass(block, is, squares, keys)) break;
    } else {
      const MarkedBlock marked{block, is, squares, keys, non_ascii};
      if (!assembly.walk(marked, scalars)) break;
      if (assembly.is_done()) return end;
    }
  }
  return assembly.line_begin();
}

}  // namespace

LineScanner::LineScanner(Kernel kernel, const DecoderLimits& limits, EventFields wanted,
                         FieldReader& reader) noexcept
    : kernel_(kernel),
      event_bytes_(limits.event_bytes),
      depth_limit_(std::min<std::uint64_t>(limits.depth, 63)),
      wanted_(wanted),
      reader_(reader) {}

const char* LineScanner::scan(const char* begin, const char* end, std::uint64_t& line,
                              Decoded& out) {
  const ScanJob job{begin, end, wanted_, event_bytes_, depth_limit_, reader_, out, line};
  if (kernel_ == Kernel::avx512) return scan_tokens(job);
  return wanted_ == EventFields::matching ? scan_blocks<EventFields::matching>(job)
                                          : scan_blocks<EventFields::ingest>(job);
}

#else

LineScanner::LineScanner(Kernel kernel, const DecoderLimits& limits, EventFields wanted,
                         FieldReader& reader) noexcept
    : kernel_(kernel),
      event_bytes_(limits.event_bytes),
      depth_limit_(limits.depth),
      wanted_(wanted),
      reader_(reader) {}

const char* LineScanner::scan(const char* begin, const char*, std::uint64_t&, Decoded&) {
  return begin;
}

#endif

}  // namespace sluice::json
