/* A model of the trie's writers, readers and reclamation for spin, which looks at every interleaving of
 * two writers and a reader over patterns of two segments. trie_test.py runs it.
 *
 * As in engine/src, by name: a slot holds a word and a frozen bit (word.hpp); it changes by compare-and-swap;
 * what it cannot express replaces the piece: freeze, successor, swap (piece.hpp, trie.cpp); who finds its
 * slot frozen replaces the piece itself, upwards to the root (trail.cpp); what was emptied is tidied; what
 * was unlinked, or built in vain, is retired, and is used again as soon as every section that was open
 * then has ended (reclaim.hpp), which is the earliest that liburcu allows.
 * Left out: Branches, `self`, sets of ids that are pieces of their own. Memory is sequentially consistent
 * here: orders are the business of tools/check_sync.py and of ThreadSanitizer.
 *
 * Checked: no piece is touched that is free (G5); a reader sees what was there all the time and nothing
 * that was not, and never goes back (G2, G3: each pattern has one writer, so this is linearizability); in
 * the end there is what the writers left, and no other piece is allocated; no attempt is repeated for
 * ever, since an operation's pieces would run out (G6).
 *
 * WITHOUT_FREEZE, WITHOUT_GRACE_PERIOD, READER_NOT_AWAITED and OWN_CHANGE_FORGOTTEN break it: spin must find
 * each.
 */
#ifndef PIECES
#define PIECES 12
#endif
#ifndef OPERATIONS
#define OPERATIONS 1                    /* of the first writer; the second does one */
#endif
#ifndef READS
#define READS 1
#endif
#define READER 2
#define STEADY 2                        /* the id of a subscription that nobody changes */

/* Slots: two to a piece, by the segments 0 and 1; slot 0 is the root. Words: 0 is empty, up to PIECES a
 * node, above IDS a set of ids. */
#define SLOT(piece, key) (2 * (piece) + (key))
#define ROOT 0
#define NO_SLOT 1
#define IDS 32
#define IN(set, member) (((set) >> (member)) & 1)

byte word[2 * (PIECES + 1)];
int frozen, keys;                       /* sets of slots */
short used = 1, retired;                /* sets of pieces; 0 stands for the root */
byte awaits[PIECES + 1];                /* the sections that may still see a retired piece */
byte sections;                          /* that are open */

/* Of each id: 0 it is not there, 1 it is being added, 2 it is there, 3 it is being removed, 4 it is not
 * there, and so on. The third has no writer. */
byte phase[3];
byte first_segment[3], second_segment[3];

inline touch(slot) {
  assert(IN(used, (slot) / 2))
}

inline release(piece) {
  used = used & ~(1 << piece);
  retired = retired & ~(1 << piece);
  frozen = frozen & ~(3 << (2 * piece));
  keys = keys & ~(3 << (2 * piece));
  word[SLOT(piece, 0)] = 0;
  word[SLOT(piece, 1)] = 0
}

/* `i` is the caller's. */
inline leave(thread) {
  sections = sections & ~(1 << thread);
  i = 1;
  do
  :: i <= PIECES ->
     awaits[i] = awaits[i] & ~(1 << thread);
     if
     :: IN(retired, i) && awaits[i] == 0 -> release(i)
     :: else
     fi;
     i++
  :: else -> break
  od;
  i = 0
}

inline retire_all(pieces) {
  i = 1;
  do
  :: i <= PIECES ->
     if
     :: IN(pieces, i) ->
#ifdef WITHOUT_GRACE_PERIOD
        release(i)
#elif defined(READER_NOT_AWAITED)
        retired = retired | (1 << i);
        awaits[i] = sections & ~(1 << READER)
#else
        retired = retired | (1 << i);
        awaits[i] = sections
#endif
     :: else
     fi;
     i++
  :: else -> break
  od;
  i = 0
}

/* A node of content0 and content1, or no node where there is nothing. */
inline make_node(into) {
  into = 0;
  if
  :: content0 != 0 || content1 != 0 ->
     into = 1;
     do
     :: into <= PIECES && IN(used, into) -> into++
     :: else -> break
     od;
     assert(into <= PIECES);            /* otherwise somebody tries for ever, or PIECES is too small */
     used = used | (1 << into);
     word[SLOT(into, 0)] = content0;
     word[SLOT(into, 1)] = content1;
     keys = keys | (((content0 != 0) + 2 * (content1 != 0)) << (2 * into));
     built = built | (1 << into)
  :: else
  fi;
  content0 = 0;
  content1 = 0
}

/* The content of a node with one child. */
inline only(key, child) {
  content0 = (key == 0 -> child : 0);
  content1 = (key == 1 -> child : 0)
}

/* What comes below a slot of the `level`th node on the way: the id, or a node that leads to it. */
inline make_chain(into, level) {
  into = IDS + (1 << me);
  if
  :: level == 0 ->
     only(second_segment[me], into);
     make_node(into)
  :: else
  fi
}

/* Each slot by itself: others go on in between. */
inline freeze(piece) {
#ifndef WITHOUT_FREEZE
  if
  :: IN(keys, SLOT(piece, 0)) ->
     d_step { touch(SLOT(piece, 0)); frozen = frozen | (1 << SLOT(piece, 0)) }
  :: else
  fi;
  if
  :: IN(keys, SLOT(piece, 1)) ->
     d_step { touch(SLOT(piece, 1)); frozen = frozen | (1 << SLOT(piece, 1)) }
  :: else
  fi
#else
  skip
#endif
}

/* What is in a piece, with `fresh` in slot `changed`. At once, since what is frozen does not change. */
inline read_content(piece, changed) {
  d_step {
    touch(SLOT(piece, 0));
    content0 = word[SLOT(piece, 0)];
    content1 = word[SLOT(piece, 1)];
#ifndef OWN_CHANGE_FORGOTTEN
    content0 = (changed == SLOT(piece, 0) -> fresh : content0);
    content1 = (changed == SLOT(piece, 1) -> fresh : content1)
#endif
  }
}

/* Adds its id below its two segments, or removes it; `operations` of these, in turn. */
proctype Writer(byte me, operations) {
  byte stop_slot[2], stop_piece[2];     /* the trail: pieces that were passed, and what held them */
  byte size;                            /* of the trail */
  byte depth, slot, expected, fresh;    /* of the swap under way */
  byte put;                             /* what the step leaves in its slot, or tidying in its piece's */
  byte content0, content1, keep, i, key;
  short built, replaced;                /* sets of pieces */
  bool is_removing, is_tidying;

operation:
  skip;
  d_step {
    is_removing = phase[me] % 4 == 2;
    phase[me] = phase[me] + 1;
    sections = sections | (1 << me)
  }
again:
  skip;
  d_step {
    size = 0; slot = ROOT; is_tidying = false; key = first_segment[me];
    built = 0; replaced = 0; put = 0; fresh = 0; expected = 0; depth = 0;
    stop_slot[0] = 0; stop_piece[0] = 0; stop_slot[1] = 0; stop_piece[1] = 0
  }
descend:
  skip;                                 /* others go on in between */
  atomic {
    touch(slot);
    expected = word[slot];
    if
    :: size == 2 -> goto step_subscribers
    :: else
    fi;
    if
    :: expected == 0 ->
       if
       :: is_removing -> goto tidy
       :: else -> goto put_below
       fi
    :: else
    fi;
    assert(expected < IDS);
    stop_slot[size] = slot; stop_piece[size] = expected; size++;
    touch(SLOT(expected, 0));
    slot = SLOT(expected, key);
    if
    :: IN(keys, slot) -> key = second_segment[me]; goto descend
    :: else
    fi;
    if
    :: is_removing -> goto tidy
    :: else -> goto put_child
    fi;

step_subscribers:
    if
    :: is_removing && expected == 0 -> goto tidy
    :: else
    fi;
    fresh = (is_removing -> expected & ~(1 << me) : expected | IDS | (1 << me));
    fresh = (fresh == IDS -> 0 : fresh);
    put = fresh; depth = size;
    if
    :: fresh == expected -> goto done
    :: else -> goto swap
    fi
  }

put_below:                              /* nothing is in the slot */
  skip;
  d_step {
    make_chain(put, size);
    only(key, put);
    make_node(fresh);
    put = fresh; depth = size
  }
  goto swap;

put_child:                              /* the node at the top has no such key */
  freeze(stop_piece[size - 1]);
  read_content(stop_piece[size - 1], NO_SLOT);
  d_step {
    keep = content0 + content1;         /* one of them is empty */
    make_chain(put, size - 1);
    content0 = (key == 0 -> put : keep);
    content1 = (key == 1 -> put : keep);
    keep = 0
  }

replace_top:                            /* Trail::replace_top() */
  skip;
  d_step {
    depth = size;
    make_node(fresh);
    put = fresh
  }
replace:
  skip;
  d_step {
    depth--;
    slot = stop_slot[depth]; expected = stop_piece[depth];
    replaced = replaced | (1 << expected)
  }
swap:                                   /* Trail::swap_at() */
  skip;
  atomic {
    touch(slot);
    if
    :: word[slot] == expected && !IN(frozen, slot) -> word[slot] = fresh; goto won
    :: word[slot] != expected -> goto lost
    :: else -> assert(depth != 0)       /* the root is never frozen */
    fi
  }
  freeze(stop_piece[depth - 1]);
  read_content(stop_piece[depth - 1], slot);
  d_step { make_node(fresh) }
  goto replace;

lost:
  skip;
  d_step { retire_all(built) }
  goto again;

won:
  skip;
  d_step { retire_all(replaced); built = 0; replaced = 0 }
  if
  :: is_removing && put == 0 -> size = size - is_tidying
  :: else -> goto done
  fi;

tidy:                                   /* Trail::tidy(): upwards, as long as pieces are half empty */
  if
  :: size == 0 -> goto done
  :: else -> is_tidying = true
  fi;
  read_content(stop_piece[size - 1], NO_SLOT);
  if
  :: 2 * ((content0 != 0) + (content1 != 0)) >
     IN(keys, SLOT(stop_piece[size - 1], 0)) + IN(keys, SLOT(stop_piece[size - 1], 1)) -> goto done
  :: else
  fi;
  freeze(stop_piece[size - 1]);
  read_content(stop_piece[size - 1], NO_SLOT);
  goto replace_top;

done:
  skip;
  d_step {
    phase[me] = phase[me] + 1;
    leave(me);
    operations--;
    content0 = 0; content1 = 0
  }
  if
  :: operations != 0 -> goto operation
  :: else
  fi
}

/* Looks for the id of `who`, READS times. */
proctype Reader(byte who) {
  byte at, began, before, i, reads;
  bool is_there, was_there;

  before = 0;
again:
  skip;
  d_step { sections = sections | (1 << READER); began = phase[who] }
  at = word[ROOT];
  if
  :: at != 0 ->
     d_step { touch(SLOT(at, 0)); at = word[SLOT(at, first_segment[who])] }
     if
     :: at != 0 ->
        d_step { touch(SLOT(at, 0)); at = word[SLOT(at, second_segment[who])] }
     :: else
     fi
  :: else
  fi;
  d_step {
    is_there = IN(at, who);
    at = 0;
    assert(began % 4 != 2 || phase[who] != began || is_there);
    assert(began % 4 != 0 || phase[who] != began || !is_there);
    /* Seen once is seen again, as long as it is the same change that is under way. */
    assert(reads == 0 || began % 4 != 1 || phase[who] != before || !was_there || is_there);
    assert(reads == 0 || began % 4 != 3 || phase[who] != before || was_there || !is_there);
    leave(READER);
    was_there = is_there; before = began;
    reads++
  }
  if
  :: reads < READS -> goto again
  :: else
  fi
}

/* The set of ids below two segments that are there, or 0. */
inline ids_at(into, first, second) {
  into = 0;
  i = 0;
  do
  :: i < 3 ->
     if
     :: phase[i] % 4 == 2 && first_segment[i] == first && second_segment[i] == second ->
        into = into | IDS | (1 << i)
     :: else
     fi;
     i++
  :: else -> break
  od
}

/* A node of what is below a segment. */
inline build_node(first) {
  ids_at(content0, first, 0);
  ids_at(content1, first, 1);
  make_node(node[first])
}

/* Compares what the trie has below two segments, while nobody is at work. */
inline check_at(first, second) {
  ids_at(content0, first, second);
  content1 = word[ROOT];
  content1 = (content1 == 0 -> 0 : word[SLOT(content1, first)]);
  content1 = (content1 == 0 -> 0 : word[SLOT(content1, second)]);
  assert(content0 == content1)
}

init {
  byte content0, content1, i, nodes;
  byte node[2];
  short built;
  atomic {
    /* Writers at the same entry, in the same node, or in two. */
    if
    :: second_segment[1] = 1
    :: first_segment[1] = 1
    :: skip
    fi;
    /* What is there at first. */
    second_segment[STEADY] = 1;
    if
    :: phase[0] = 2
    :: skip
    fi;
    if
    :: phase[1] = 2
    :: skip
    fi;
    if
    :: phase[STEADY] = 2
    :: skip
    fi;
    skip;
    d_step {
      build_node(0);
      build_node(1);
      content0 = node[0];
      content1 = node[1];
      make_node(word[ROOT]);
      built = 0; node[0] = 0; node[1] = 0; i = 0
    }
    run Writer(0, OPERATIONS);
    run Writer(1, 1);
    if
    :: run Reader(0)
    :: run Reader(1)
    :: phase[STEADY] == 2 -> run Reader(STEADY)
    fi
  }
  (_nr_pr == 1);
  d_step {
    check_at(0, 0);
    check_at(0, 1);
    check_at(1, 0);
    check_at(1, 1);
    i = 1;
    do
    :: i <= PIECES -> nodes = nodes + IN(used, i); i++
    :: else -> break
    od;
    content0 = word[ROOT];
    content1 = (content0 == 0 -> 0 : 1 + (word[SLOT(content0, 0)] != 0) + (word[SLOT(content0, 1)] != 0));
    assert(nodes == content1)
  }
}
