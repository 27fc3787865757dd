// Rules on single fields of a profile. Each returns an empty text when all is well, else the cause
// and the next step, as the rules of task_spec.h do. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ameide::task {

// Names of Kubernetes objects: a label (RFC 1123, at most 63) or a subdomain (at most 253).
std::string DnsLabelProblem(std::string_view name);
std::string DnsSubdomainProblem(std::string_view name);
// The key of a Secret: [-._a-zA-Z0-9]+.
std::string SecretKeyProblem(std::string_view key);
// Variables that the image builder, Coder, the shell or we ourselves read, and so may not be a
// secret's name.
std::string SecretVariableProblem(std::string_view name);
// "name@sha256:<64 hex digits>", with an optional tag before the '@'.
std::string ImageProblem(std::string_view image);
// A positive Kubernetes quantity: "2", "500m", "1.5", "8Gi".
std::string QuantityProblem(std::string_view quantity);
// "10.0.0.0/8", "fd00::/8".
std::string CidrProblem(std::string_view cidr);
// Keys and values of labels, as node selectors use them.
std::string LabelKeyProblem(std::string_view key);
std::string LabelValueProblem(std::string_view value);
// https:// without user information, query or fragment: what a template may name.
std::string PublicRepositoryProblem(std::string_view url);
// Printable, on one line, not empty.
std::string OneLineProblem(std::string_view text);

// What kind of secret the text seems to hold ("a GitHub token"), or nothing.
std::string_view LooksLikeSecret(std::string_view text);

}  // namespace ameide::task
