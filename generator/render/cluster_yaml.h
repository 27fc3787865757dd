// cluster/*.yaml: what a platform team applies once per profile. The template alone may only make
// pods; everything that bounds them is here, out of its reach. Pure.
#pragma once

#include "generator/render/render.h"
#include "task/contract/profile.h"

namespace ameide::generator {

FileSet ClusterYaml(const task::Profile& profile);

// One ValidatingAdmissionPolicy and its binding, so that deadline and names-only secrets hold for
// any pod of the namespace, not only for generated ones.
std::vector<Json> AdmissionPolicy(const task::Profile& profile);

}  // namespace ameide::generator
