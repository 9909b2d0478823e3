"""How people prove who they are: a tunnel's ticket, a load balancer's word, or a token of ours."""
