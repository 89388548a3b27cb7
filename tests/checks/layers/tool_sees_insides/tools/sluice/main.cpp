#include "trie.hpp"
