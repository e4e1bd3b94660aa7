/** The web application of a tutorial, whole; and as it circulates: a blank in a name, a Deployment without a selector, nothing that says when it is ready. */
export const FLASK_IMAGE = { name: 'flask-kubernetes:latest', env: { MESSAGE: 'Hello from Kubernetes!', PORT: '5000' } };

const service = (name: string): string => `apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  selector:
    app: flask-kubernetes
  ports:
  - protocol: "TCP"
    port: 6000
    targetPort: 5000
  type: LoadBalancer
`;

const deployment = ({ selector, probe }: { selector: string; probe: string }): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: flask-kubernetes
spec:
  replicas: 4
${selector}  template:
    metadata:
      labels:
        app: flask-kubernetes
    spec:
      containers:
      - name: flask-kubernetes
        image: ${FLASK_IMAGE.name}
        imagePullPolicy: Never
        ports:
        - containerPort: 5000
${probe}`;

const SELECTOR = `  selector:
    matchLabels:
      app: flask-kubernetes
`;

// Without it a pod is ready as soon as its program runs, which is before the program listens: clients that ask without a pause would be refused.
const PROBE = `        readinessProbe:
          httpGet:
            port: 5000
          periodSeconds: 1
`;

export const FLASK = `${service('flask-kubernetes-service')}---\n${deployment({ selector: SELECTOR, probe: PROBE })}`;
export const FLASK_BROKEN = `${service('flask-kubernetes -service')}---\n${deployment({ selector: '', probe: '' })}`;
