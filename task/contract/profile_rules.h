// Rules on single fields of a profile. Each returns an empty flaw when all is well, else the cause
// and the next step, and the rule of lint where it is not just kValueRefused. Pure.
#pragma once

#include <string>
#include <string_view>

#include "task/contract/problem.h"

namespace ameide::task {

// Names of Kubernetes objects: a label (RFC 1123, at most 63) or a subdomain (at most 253).
Flaw DnsLabelProblem(std::string_view name);
Flaw DnsSubdomainProblem(std::string_view name);
// A label that is also the name of a template and of its human mode's ("<name>-human").
Flaw TemplateNameProblem(std::string_view name);
// Names that are well formed but would give a task more than its own.
Flaw NamespaceProblem(std::string_view name);
Flaw ServiceAccountProblem(std::string_view name);
Flaw RoleProblem(std::string_view name);
// A program a task may call, without folder and arguments.
Flaw ProgramProblem(std::string_view name);
// The key of a Secret: [-._a-zA-Z0-9]+.
Flaw SecretKeyProblem(std::string_view key);
// Variables that the image builder, Coder, the shell or we ourselves read, and so may not be a
// secret's name.
Flaw SecretVariableProblem(std::string_view name);
// "name@sha256:<64 hex digits>", with an optional tag before the '@'.
Flaw ImageProblem(std::string_view image);
// The same for images that whoever runs the platform pushes: until then 64 zeros may stand for the
// digest, which no registry can have, so nothing is pulled by mistake.
Flaw OwnImageProblem(std::string_view image);
// True for an image with that stand-in.
bool IsPlaceholderImage(std::string_view image);
// A positive Kubernetes quantity: "2", "500m", "1.5", "8Gi".
Flaw QuantityProblem(std::string_view quantity);
// "10.0.0.0/8", "fd00::/8".
Flaw CidrProblem(std::string_view cidr);
// The same for a destination of a task: neither everything nor the cloud's metadata service.
Flaw EgressProblem(std::string_view cidr);
// Keys and values of labels, as node selectors use them.
Flaw LabelKeyProblem(std::string_view key);
Flaw LabelValueProblem(std::string_view value);
// https:// without user information, query or fragment: what a template may name.
Flaw PublicRepositoryProblem(std::string_view url);
// Printable, on one line, not empty.
Flaw OneLineProblem(std::string_view text);

// For keys that a profile does not have and must not have, like privileged or host_path: why, in
// any spelling. Empty for all others.
Flaw RefusedKeyProblem(std::string_view key);

// What kind of secret the text seems to hold ("a GitHub token"), or nothing.
std::string_view LooksLikeSecret(std::string_view text);

}  // namespace ameide::task
