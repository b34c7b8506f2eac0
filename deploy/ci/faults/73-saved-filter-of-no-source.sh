#!/usr/bin/env bash
# Caught by: dashboards
# A filter of Seq for a source that nothing logs as.
sed -i "s/SourceContext = 'erp::sql'/SourceContext = 'erp::database'/" deploy/monitoring/seq/signals.json
