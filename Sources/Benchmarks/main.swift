import Metrics
import Storage

var report = Report()
try StorageCases().run(into: &report)
print(report.table(), terminator: "")
