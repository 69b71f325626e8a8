// Settings of classes on trial that the command line gives: --set NAME.SETTING=VALUE.
#pragma once
#include "checking/law.hpp"
#include "config/compose.hpp"
namespace nnrun::host {

/// {NAME: {SETTING: VALUE}}, as written.
using GivenSettings = ConfigNode;

/// Reads what is given for this class, as a config would be read, into its settings. `registry`:
/// with its library; a name may be of several kinds.
void give(Subject& subject, const GivenSettings& given, const Registry& registry,
          Problems& problems);

}  // namespace nnrun::host
