// An executor contract as a value, from JSON and back.
#include "task/contract/executor.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"
#include "task/contract/executor_fields.h"
#include "task/contract/json_reader.h"
#include "task/contract/lint_ids.h"

namespace ameide::task {
namespace {

using Argument = ExecutorArgument;
using Type = ExecutorArgument::Type;
using Policy = ExecutorTool::Policy;

constexpr Type kTypes[] = {Type::kString, Type::kInteger,    Type::kBoolean,
                           Type::kEnum,   Type::kStringList, Type::kObject};
constexpr Policy kPolicies[] = {Policy::kReadOnly, Policy::kMutating, Policy::kNeedsApproval};

// The word is one of the table's, or the document is refused anyway.
template <class Word, size_t n>
Word WordFrom(const Word (&all)[n], std::string_view text, Word otherwise) {
  const auto found =
      std::find_if(std::begin(all), std::end(all), [&](Word one) { return ToString(one) == text; });
  return found == std::end(all) ? otherwise : *found;
}

Argument ReadArgument(const Values& values) {
  Argument argument;
  argument.name = values.Text("name");
  argument.type = WordFrom(kTypes, values.Text("type"), Type::kString);
  argument.description = values.Text("description");
  argument.required = values.Bool("required");
  argument.pattern = values.Text("pattern");
  argument.max_length = static_cast<int>(values.Int("max_length", argument.max_length));
  argument.max_items = static_cast<int>(values.Int("max_items", argument.max_items));
  argument.values = values.Texts("values");
  return argument;
}

ExecutorTool ReadTool(const Values& values) {
  ExecutorTool tool;
  tool.name = values.Text("name");
  tool.description = values.Text("description");
  tool.policy = WordFrom(kPolicies, values.Text("policy"), Policy::kNeedsApproval);
  tool.timeout = values.Duration("timeout");
  tool.max_calls = static_cast<int>(values.Int("max_calls", 0));
  for (const Values& item : values.Each("arguments")) tool.arguments.push_back(ReadArgument(item));
  tool.results = values.Texts("results");
  return tool;
}

Json ArgumentJson(const Argument& argument) {
  Json json = Json::Object{{"name", argument.name},
                           {"type", ToString(argument.type)},
                           {"description", argument.description}};
  const Argument defaults;
  if (argument.required) json.Set("required", true);
  if (!argument.pattern.empty()) json.Set("pattern", argument.pattern);
  if (argument.max_length != defaults.max_length) json.Set("max_length", argument.max_length);
  if (argument.max_items != defaults.max_items) json.Set("max_items", argument.max_items);
  if (!argument.values.empty()) json.Set("values", Json::Strings(argument.values));
  return json;
}

Json ToolJson(const ExecutorTool& tool) {
  Json::Array arguments;
  for (const Argument& argument : tool.arguments) arguments.push_back(ArgumentJson(argument));
  return Json::Object{{"name", tool.name},
                      {"description", tool.description},
                      {"policy", ToString(tool.policy)},
                      {"timeout", FormatDuration(tool.timeout)},
                      {"max_calls", tool.max_calls},
                      {"arguments", std::move(arguments)},
                      {"results", Json::Strings(tool.results)}};
}

// A limit that the type does not have would only look like one.
std::string ArgumentProblem(const Argument& argument, std::string* key) {
  const Type type = argument.type;
  const bool text = type == Type::kString || type == Type::kStringList;
  *key = "pattern";
  if (!argument.pattern.empty() && !text) return "is for string and string_list; remove it";
  *key = "max_length";
  if (argument.max_length != Argument().max_length && !text && type != Type::kObject) {
    return "is for string, string_list and object; remove it";
  }
  *key = "max_items";
  if (argument.max_items != Argument().max_items && type != Type::kStringList) {
    return "is for string_list; remove it";
  }
  *key = "values";
  if (type == Type::kEnum && argument.values.empty()) return "is missing; an enum needs its words";
  if (type != Type::kEnum && !argument.values.empty()) return "is for enum; remove it";
  return "";
}

void CheckTool(const ExecutorTool& tool, const std::string& pointer, Problems* problems) {
  std::set<std::string> names;
  for (size_t i = 0; i < tool.arguments.size(); ++i) {
    const Argument& argument = tool.arguments[i];
    const std::string here = StrCat(pointer, "/arguments/", i);
    if (!argument.name.empty() && !names.insert(argument.name).second) {
      AddProblem(here + "/name", {"is in the list already; remove one", lint::kListRepeats},
                 problems);
    }
    std::string key;
    const std::string problem = ArgumentProblem(argument, &key);
    if (!problem.empty()) AddProblem(PointerStep(here, key), problem, problems);
  }
}

}  // namespace

std::string_view ToString(Type type) {
  constexpr std::string_view kWords[] = {"string", "integer",     "boolean",
                                         "enum",   "string_list", "object"};
  return kWords[static_cast<size_t>(type)];
}

std::string_view ToString(Policy policy) {
  constexpr std::string_view kWords[] = {"read-only", "mutating", "needs-approval"};
  return kWords[static_cast<size_t>(policy)];
}

ExecutorContract ReadExecutor(const Values& values) {
  ExecutorContract contract;
  contract.endpoint_env = values.Text("endpoint_env");
  contract.server_name = values.Text("server_name");
  contract.server_ca = values.Text("server_ca");
  contract.client_certificate = values.Text("client_certificate");
  contract.client_key = values.Text("client_key");
  contract.session_key = values.Texts("session_key");
  contract.lease = values.Duration("lease");
  for (const Values& item : values.Each("tools")) contract.tools.push_back(ReadTool(item));
  return contract;
}

void CheckExecutor(const ExecutorContract& contract, std::string_view pointer, Problems* problems) {
  std::set<std::string> names;
  for (size_t i = 0; i < contract.tools.size(); ++i) {
    const std::string here = StrCat(pointer, "/tools/", i);
    const std::string& name = contract.tools[i].name;
    if (!name.empty() && !names.insert(name).second) {
      AddProblem(here + "/name", {"is in the list already; remove one", lint::kListRepeats},
                 problems);
    }
    CheckTool(contract.tools[i], here, problems);
  }
  if (!contract.client_key.empty() && contract.client_key == contract.client_certificate) {
    AddProblem(StrCat(pointer, "/client_key"),
               "must not be the certificate's variable; name the one that holds the key", problems);
  }
}

Json ToJson(const ExecutorContract& contract) {
  Json json =
      Json::Object{{"endpoint_env", contract.endpoint_env}, {"server_name", contract.server_name}};
  if (!contract.server_ca.empty()) json.Set("server_ca", contract.server_ca);
  json.Set("client_certificate", contract.client_certificate);
  json.Set("client_key", contract.client_key);
  json.Set("session_key", Json::Strings(contract.session_key));
  json.Set("lease", FormatDuration(contract.lease));
  Json::Array tools;
  for (const ExecutorTool& tool : contract.tools) tools.push_back(ToolJson(tool));
  json.Set("tools", std::move(tools));
  return json;
}

Checked<ExecutorContract> ExecutorContractFromJson(const Json& json, std::string_view pointer) {
  Problems problems;
  CheckFields(ExecutorFields(), "", json, pointer, &problems);
  ExecutorContract contract = ReadExecutor(Values(&json));
  CheckExecutor(contract, pointer, &problems);
  return Finished(std::move(contract), std::move(problems));
}

const ExecutorTool* FindTool(const ExecutorContract& contract, std::string_view name) {
  const auto found = std::find_if(contract.tools.begin(), contract.tools.end(),
                                  [&](const ExecutorTool& tool) { return tool.name == name; });
  return found == contract.tools.end() ? nullptr : &*found;
}

}  // namespace ameide::task
