// The report of a single run.
#pragma once
#include "report/report.hpp"
#include "runs/run_record.hpp"
namespace nnrun::host {

Report report_of(const RunResult& result, const std::vector<std::string>& command_line,
                 const Experiment& experiment, Trainer& trainer);

}  // namespace nnrun::host
