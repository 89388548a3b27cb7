// The bodies of Boost.Asio and Boost.Beast, once: every other file that includes them compiles
// their declarations only.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
