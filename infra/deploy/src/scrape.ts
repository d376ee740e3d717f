import { stringify } from 'yaml';

/** How Prometheus reads the services, and where it finds the alerts. */
export const scrapeConfig = (targets: readonly { service: string; targets: string[] }[]): string =>
  stringify({
    global: { scrape_interval: '15s', evaluation_interval: '15s' },
    rule_files: ['/etc/monitoring/alerts.yaml'],
    scrape_configs: [
      {
        job_name: 'tongsheng',
        // A process that runs several services says itself whose figure it is.
        honor_labels: true,
        static_configs: targets.map(({ service, targets: of }) => ({ targets: of, labels: { service } })),
      },
    ],
  });
