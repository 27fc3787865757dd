// The executor contract as a table of keys, and the two halves of reading it. For the profile's
// loader; others use executor.h.
#pragma once

#include "task/contract/executor.h"
#include "task/contract/fields.h"

namespace ameide::task {

// Paths from the root of the contract.
const Fields& ExecutorFields();
// What is there, from a document that was checked against the table.
ExecutorContract ReadExecutor(const Values& values);
// Rules between the keys. Whatever the table already refused is not said again.
void CheckExecutor(const ExecutorContract& contract, std::string_view pointer, Problems* problems);

}  // namespace ameide::task
