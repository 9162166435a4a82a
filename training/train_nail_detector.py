import sys,argparse
from pathlib import Path
import numpy as np, torch, cv2
from nail import photos, scenes, fit
cv2.setNumThreads(1)
p=argparse.ArgumentParser();p.add_argument('data',type=Path);p.add_argument('--work',type=Path);p.add_argument('--steps',type=int,default=2000);p.add_argument('--threads',type=int,default=1);p.add_argument('--sheet',action='store_true')
a=p.parse_args();torch.set_num_threads(a.threads)
hands=[h for h in photos.hands(a.data) if h.fold<7]
bases=[scenes.Base.of(h) for h in hands]
none=[r for v in photos.without_nails(a.data,150,False).values() for r in v]
none+=photos.frames_of([a.data/'video/no_face_empty_room.mp4'],12)
m=scenes.Maker(bases,none)
print(len(bases),len(none),flush=True)
if a.sheet:
    rng=np.random.default_rng(5);t=[]
    import time
    b=time.time()
    for _ in range(30):
        s=m.scene(rng,(240,320));scenes.targets(s)
        im=s.rgb.copy()
        for c,bb in (((0,255,0),s.nails),((0,0,255),s.skins),((255,0,0),s.doubtful)):
            for l,tp,r,bt in bb.astype(int): cv2.rectangle(im,(l,tp),(r,bt),c,1)
        t.append(im)
    print((time.time()-b)/30)
    cv2.imwrite(str(a.work/'scenes.png'),np.vstack([np.hstack(t[i:i+6]) for i in range(0,30,6)])[...,::-1])
    mk=[cv2.resize(np.where(b.mask[...,None]>0,b.hand.rgb,0),(200,150)) for b in bases[::6]][:24]
    cv2.imwrite(str(a.work/'masks.png'),np.vstack([np.hstack(mk[i:i+6]) for i in range(0,len(mk)//6*6,6)])[...,::-1])
    sys.exit()
net=fit.fit(m,a.data/'backbones/mobilenet_v2_imagenet_folded.npz',a.steps,1)
torch.save(net.state_dict(),a.work/'detector.pt')
