// One type that holds every kind of type, for the fuzzers.
#pragma once

#include "provider/framework/type.h"

namespace ameide::wire::testing {

inline framework::Type RichType() {
  using framework::Type;
  return Type::Object({{"b", Type::Bool()},
                       {"d", Type::Dynamic()},
                       {"l", Type::List(Type::Object({{"x", Type::Number()}}))},
                       {"m", Type::Map(Type::String())},
                       {"n", Type::Number()},
                       {"s", Type::Set(Type::String())},
                       {"t", Type::Tuple({Type::String(), Type::Dynamic()})}});
}

}  // namespace ameide::wire::testing
