/** The web application as its tutorial has it, and as it circulates: a blank in a name, a Deployment without a selector. */
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

const deployment = (selector: string): string => `apiVersion: apps/v1
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
`;

export const FLASK = `${service('flask-kubernetes-service')}---\n${deployment('  selector:\n    matchLabels:\n      app: flask-kubernetes\n')}`;
export const FLASK_BROKEN = `${service('flask-kubernetes -service')}---\n${deployment('')}`;
