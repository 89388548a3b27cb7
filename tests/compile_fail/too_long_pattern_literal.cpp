// The compiler counts the segments of a literal: 16 pass, 17 do not.
// expect: not a well-formed sluice pattern
#include "sluice/pattern.hpp"

using namespace sluice::literals;

static_assert(!"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p"_pattern.text().empty());
#ifdef SLUICE_BAD_LINE
static_assert(!"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q"_pattern.text().empty());
#endif
